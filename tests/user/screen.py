"""A terminal of so many columns and rows, as far as the program writes to one: text, line feeds, carriage returns, and of
ECMA-48 cursor up, erase and colours. What it is fed appears as a person would see it."""

import re

PIECE = re.compile(r"\x1b\[(\d*)([A-Za-z])|([\r\n])|([^\x1b\r\n]+)", re.DOTALL)


class Screen:
    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.lines = [""]  # scrolled ones too
        self.row = self.column = 0
        self.pending = ""

    def feed(self, text):
        """Takes the next piece of output; what is cut within a sequence waits for its rest."""
        text = self.pending + text
        escape = text.rfind("\x1b")
        whole = escape < 0 or re.match(r"\x1b\[\d*[A-Za-z]", text[escape:])
        self.pending = "" if whole else text[escape:]
        for count, command, control, plain in PIECE.findall(text if whole else text[:escape]):
            if command:
                self.obey(command, int(count or 0))
            elif control == "\r":
                self.column = 0
            elif control == "\n":
                self.next_line()
            else:
                self.write(plain)

    def obey(self, command, count):
        if command == "A":
            top = max(0, len(self.lines) - self.rows)
            self.row = max(top, self.row - max(1, count))
        elif command == "K":
            self.lines[self.row] = self.lines[self.row][:self.column]
        elif command == "J":
            self.lines[self.row] = self.lines[self.row][:self.column]
            del self.lines[self.row + 1:]
        elif command != "m":
            raise ValueError(f"the program wrote a sequence that is not known: {command}")

    def next_line(self):
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append("")

    def write(self, text):
        for character in text:
            if self.column == self.columns:
                self.column = 0
                self.next_line()
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[:self.column] + character + line[self.column + 1:]
            self.column += 1

    def text(self):
        """All that is on it, and what has scrolled out."""
        return "\n".join(line.rstrip() for line in self.lines)
