#include "exmc/core/text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace exmc {
namespace {

TEST(Text, PrintableIsOneLineThatDrivesNoTerminal) {
  EXPECT_EQ(in_quotes("plain"), "\"plain\"");
  EXPECT_EQ(printable("a\nb\t\r\x1b[31m\x7f"), "a\\nb\\t\\r\\x1b[31m\\x7f");
  EXPECT_EQ(printable("Z\xC3\xBCrich \xCF\x83"), "Z\xC3\xBCrich \xCF\x83");
  EXPECT_EQ(printable("\xFF\xC3"), "\\xff\\xc3");
  EXPECT_EQ(printable("\xC2\x9B"), "\\u009b");  // a control character of eight bits
  EXPECT_EQ(printable("\xE2\x80\xAE"
                      "abc"),
            "\\u202eabc");  // right-to-left override
  EXPECT_EQ(printable(std::string(1000, 'x')).size(), kLongestShown + 3);
}

TEST(Text, InvalidUtf8IsFoundWhereItBegins) {
  EXPECT_FALSE(find_invalid_utf8("a\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80").has_value());
  EXPECT_EQ(find_invalid_utf8("ab\xE9z"), 2U);
  EXPECT_EQ(find_invalid_utf8("\xC0\xAF"), 0U) << "overlong";
  EXPECT_EQ(find_invalid_utf8("\xE0\x80\xAF"), 0U) << "overlong";
  EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0U) << "surrogate";
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0U) << "beyond U+10FFFF";
  EXPECT_EQ(find_invalid_utf8("a\xE2\x82"), 1U) << "cut";
}

TEST(Text, PositionsCountLinesAndCharacters) {
  const TextPosition position = position_in("ab\n\xC3\xBC\xC3\xBCx", 7);
  EXPECT_EQ(position.line, 2U);
  EXPECT_EQ(position.column, 3U);
}

TEST(Text, NumbersAreDecimalAndFinite) {
  const auto value = [](const char* text) {
    const ParsedNumber parsed = parse_number(text);
    EXPECT_EQ(parsed.fault, NumberFault::none) << text;
    return parsed.value;
  };
  EXPECT_EQ(value("0.1"), 0.1);
  EXPECT_EQ(value("+1"), 1);
  EXPECT_EQ(value("-.5"), -.5);
  EXPECT_EQ(value("5."), 5);
  EXPECT_EQ(value("1E+3"), 1000);
  EXPECT_EQ(value("5e-324"), 5e-324);
  EXPECT_EQ(value("1e-400"), 0);
  EXPECT_EQ(value(("0." + std::string(400, '0') + "1").c_str()), 0);
  for (const char* text :
       {"", "+", "-", ".", "e5", "1e", "1 ", " 1", "0x10", "+-1", "--1", "1_000", "one", "1,5", "NA"}) {
    EXPECT_EQ(parse_number(text).fault, NumberFault::not_a_number) << text;
  }
  for (const char* text : {"inf", "-inf", "nan", "NaN", "infinity", "1e400", "-1e400", "1e+400"}) {
    EXPECT_EQ(parse_number(text).fault, NumberFault::not_finite) << text;
  }
  EXPECT_EQ(parse_number(std::string(400, '9')).fault, NumberFault::not_finite);
}

TEST(TextTest, SizesInBytesHaveTwoDigits) {
  EXPECT_EQ(in_bytes(0), "0 B");
  EXPECT_EQ(in_bytes(999), "999 B");
  EXPECT_EQ(in_bytes(1000), "1.0 kB");
  EXPECT_EQ(in_bytes(9949), "9.9 kB");
  EXPECT_EQ(in_bytes(999'499), "999 kB");
  EXPECT_EQ(in_bytes(999'500), "1.0 MB");
  EXPECT_EQ(in_bytes(std::uint64_t{16} << 30U), "17 GB");
  EXPECT_EQ(in_bytes(~std::uint64_t{0}), "18 EB");
}

}  // namespace
}  // namespace exmc
