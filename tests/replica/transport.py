"""HTTP for tests that answer by hand: the replica's own, under the name that cases import."""

from gongkai.replica.transport import Answer, Answerer, Request, Transport

__all__ = ["Answer", "Answerer", "Request", "Transport"]
