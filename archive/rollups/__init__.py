"""What pages ask for and a publication has ready: sums of divisions, lists in their order, numbers."""
