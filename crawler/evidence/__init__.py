"""What proves the originals: manifests of runs in a chain, timestamps, packages that anybody can check."""
