"""`python -m yingxi`, the same as `yingxi`."""

from yingxi.cli import main

main()
