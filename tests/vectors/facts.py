"""A file of vectors, and what an implementation says of each; `--write` puts what it says into the file."""

import json
import sys


class Facts:
    """The facts of one file, counted while they are held against the specification."""

    def __init__(self, path):
        self._path = path
        self.vectors = json.loads(path.read_text())
        self.writes = "--write" in sys.argv
        self._checked, self._wrong = 0, []

    def expect(self, where, what, got, wanted):
        """One fact: `got` by the specification, `wanted` in the file."""
        self._checked += 1
        if got != wanted:
            self._wrong.append(f"{where}: {what} is {wanted!r} in the file and {got!r} by the specification")

    def made(self, where, what, got, case, member):
        """One fact that the file holds in a member of a case, and that `--write` puts there."""
        if self.writes:
            case[member] = got
        self.expect(where, what, got, case[member])

    def finish(self, pages):
        """Writes the file if that is asked for, says what is wrong, and gives the exit code."""
        if self.writes:
            self._path.write_text(json.dumps(self.vectors, indent=1, ensure_ascii=False) + "\n")
        print("\n".join(self._wrong) if self._wrong else f"{self._checked} facts agree with {pages}")
        return 1 if self._wrong else 0
