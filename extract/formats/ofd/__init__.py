"""Read OFD files (GB/T 33190) into pages of positioned characters and lines."""
