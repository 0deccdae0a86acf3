"""What every output goes through on its way to people: policy, labels, signature; and how labels are read."""
