"""From bytes to a text in its normal form: decode, repair, width, script, and what folds to the same."""

from normalizers.text.clean import Cleaned, clean
from normalizers.text.decode import Decoded, decode
from normalizers.text.fold import content_hash, fingerprint, fold
from normalizers.text.slips import suggest

__all__ = ["Cleaned", "Decoded", "clean", "content_hash", "decode", "fingerprint", "fold", "suggest"]
