"""こどものページ: for children, by themselves or with somebody; and ブックスタート for those who read to the smallest."""
