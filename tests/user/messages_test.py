"""docs/messages.md has an entry for every message of the golden bad inputs, and none that the program does not say:
messages_test.py --root ROOT"""

import argparse
import pathlib
import re
import sys
import unittest

options = argparse.Namespace(root=None)


def entries(text):
    """The fixed parts of each entry, in order."""
    found = re.findall(r"^\| `(.*?)` \|", text, re.MULTILINE)
    return {entry: [part for part in entry.split("...") if part.strip()] for entry in found}


def pattern(parts):
    return re.compile(".*?".join(re.escape(part) for part in parts), re.DOTALL)


def literals(folder):
    """What the sources' strings say, with those joined that the compiler joins; and cut where something is put in."""
    text = "\n".join(path.read_text() for path in sorted(folder.rglob("*.cpp")) + sorted(folder.rglob("*.hpp")))
    return re.sub(r'"\s*\n?\s*"', "", text).replace('\\"', '"')


class Messages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        root = pathlib.Path(options.root)
        cls.entries = entries((root / "docs/messages.md").read_text())
        cls.golden = {path: path.read_text() for path in sorted((root / "tests/data/bad").glob("*/*.txt"))}
        cls.sources = literals(root / "src")

    def test_every_golden_message_has_an_entry(self):
        self.assertGreater(len(self.golden), 60)
        patterns = [pattern(parts) for parts in self.entries.values()]
        for path, message in self.golden.items():
            with self.subTest(path=str(path)):
                self.assertTrue(any(entry.search(message) for entry in patterns), message)

    def test_every_entry_is_said(self):
        for entry, parts in self.entries.items():
            with self.subTest(entry=entry):
                said = any(pattern(parts).search(message) for message in self.golden.values())
                longest = max(parts, key=len).strip(" ,;:")
                without_verb = longest.partition(" ")[2]  # "cannot " and "expected " are put before what follows
                self.assertTrue(said or longest in self.sources or (without_verb and without_verb in self.sources), longest)

    def test_entries_say_enough_to_be_told_apart(self):
        for entry, parts in self.entries.items():
            self.assertGreaterEqual(sum(map(len, parts)), 6, entry)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    _, rest = parser.parse_known_args(namespace=options)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
