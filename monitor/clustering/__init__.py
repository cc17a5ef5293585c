"""Groups a brand's mentions into topics, streaming and with bounded memory."""

from monitor.clustering.index import TopicIndex, topic_key
from monitor.clustering.item import Assignment, ClusterItem
from monitor.text.signature import (
    Signature,
    signature,
    signature_from_text,
    signature_to_text,
    similarity,
)

__all__ = [
    "Assignment",
    "ClusterItem",
    "Signature",
    "TopicIndex",
    "signature",
    "signature_from_text",
    "signature_to_text",
    "similarity",
    "topic_key",
]
