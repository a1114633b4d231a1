"""YAML files say each thing once: of two equal keys the later one wins without a word."""

from pathlib import Path

import pytest
import yaml

from tests.shape.tree import tracked

FILES = [path for path in tracked() if path.suffix in {".yaml", ".yml"}]


class _Strict(yaml.SafeLoader):
    """Refuses a mapping that has a key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twins := sorted({str(key) for key in keys if keys.count(key) > 1}):
            raise yaml.YAMLError(f"{twins[0]!r} stands twice, at {node.start_mark}")
        return super().construct_mapping(node, deep)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_key_stands_twice(path: Path) -> None:
    yaml.load(path.read_text("utf-8"), Loader=_Strict)
