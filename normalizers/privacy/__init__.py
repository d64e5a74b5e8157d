"""Personal data, masked on the way in (docs/privacy.md)."""

from normalizers.privacy.masking import mask
from normalizers.privacy.names import reduce_name
from normalizers.privacy.payload import mask_payload
from normalizers.privacy.record import mask_record
from normalizers.privacy.records import Masked, MaskedBytes, Mode
from normalizers.privacy.subjects import subject_kind

__all__ = ["Masked", "MaskedBytes", "Mode", "mask", "mask_payload", "mask_record", "reduce_name", "subject_kind"]
