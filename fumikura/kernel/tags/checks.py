"""Checksums as tags carry them: any CRC by its parameters, sums, exclusive or."""


def crc(data: bytes, *, width: int, polynomial: int, start: int = 0, final: int = 0, is_reflected: bool = False) -> int:
    """By the parameters under which every table of CRCs lists it; `width` in bits, 8 or more."""
    top, mask = 1 << width - 1, (1 << width) - 1
    value = start
    for byte in data:
        value ^= (_mirrored(byte, 8) if is_reflected else byte) << width - 8
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & mask
    return (_mirrored(value, width) if is_reflected else value) ^ final


def _mirrored(value: int, width: int) -> int:
    return int(f"{value:0{width}b}"[::-1], 2)


def exclusive_or(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte
    return value
