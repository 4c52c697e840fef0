"""Reads untrusted bytes in processes with limits: sandbox, pools, LibreOffice, OCR."""
