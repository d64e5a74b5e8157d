"""Personal data, masked on the way in (docs/privacy.md)."""

from normalizers.privacy.masking import mask
from normalizers.privacy.names import reduce_name
from normalizers.privacy.records import Masked, MaskedBytes, Mode

__all__ = ["Masked", "MaskedBytes", "Mode", "mask", "reduce_name"]
