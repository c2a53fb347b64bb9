#include "exmc/ir/expression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "unit/ir/support.hpp"

namespace exmc::ir {
namespace {

using ::testing::HasSubstr;

std::string show(const ExpressionPtr& tree);

struct Show {
  std::string operator()(const Literal& x) const {
    std::string text = std::to_string(x.value.values.at(0));
    while (text.ends_with('0')) text.pop_back();
    return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
  }
  std::string operator()(const Name& x) const { return x.name; }
  std::string operator()(const Unary& x) const {
    std::string text = x.op == UnaryOperator::negate ? "(-" : "(+";
    return text + show(x.operand) + ")";
  }
  std::string operator()(const Binary& x) const {
    static const std::map<BinaryOperator, std::string> symbols{
        {BinaryOperator::add, "+"},      {BinaryOperator::subtract, "-"},
        {BinaryOperator::multiply, "*"}, {BinaryOperator::divide, "/"},
        {BinaryOperator::power, "**"},   {BinaryOperator::matmul, "@"},
        {BinaryOperator::less, "<"},     {BinaryOperator::less_equal, "<="},
        {BinaryOperator::greater, ">"},  {BinaryOperator::greater_equal, ">="},
        {BinaryOperator::equal, "=="},   {BinaryOperator::not_equal, "!="}};
    std::string text = "(";
    return text + show(x.left) + symbols.at(x.op) + show(x.right) + ")";
  }
  std::string operator()(const Call& x) const {
    std::string text = x.function + "(";
    for (const auto& argument : x.arguments) text += show(argument) + ";";
    for (const auto& [key, value] : x.keywords) text += key + "=" + show(value) + ";";
    return text + ")";
  }
  std::string operator()(const List& x) const {
    std::string text = "[";
    for (const auto& item : x.items) text += show(item) + ";";
    return text + "]";
  }
  std::string operator()(const Index& x) const {
    std::string text = show(x.base) + "[";
    for (const Subscript& subscript : x.subscripts) {
      if (const auto* slice = std::get_if<Slice>(&subscript)) {
        text += show(slice->start) + ":" + show(slice->stop) + ":" + show(slice->step);
      } else if (const auto* index = std::get_if<ExpressionPtr>(&subscript)) {
        text += show(*index);
      } else {
        text += "None";
      }
      text += ";";
    }
    return text + "]";
  }
};

/// Every operation in parentheses, so that what binds to what can be read off.
std::string show(const ExpressionPtr& tree) { return tree ? std::visit(Show{}, tree->node) : ""; }

std::string parsed(const std::string& text) { return show(parse_expression(text, "m.json: nodes.x.mu")); }

std::string refusal(const std::string& text) {
  return message_of([&] { (void)parse_expression(text, "m.json: nodes.x.mu"); });
}

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

TEST(Expression, BindsAsInNumpy) {
  EXPECT_EQ(parsed("a + b * c"), "(a+(b*c))");
  EXPECT_EQ(parsed("a - b - c"), "((a-b)-c)");
  EXPECT_EQ(parsed("a / b * c @ d"), "(((a/b)*c)@d)");
  EXPECT_EQ(parsed("-x**2"), "(-(x**2))");
  EXPECT_EQ(parsed("2 ** -x ** 3"), "(2**(-(x**3)))");
  EXPECT_EQ(parsed("a ** b ** c"), "(a**(b**c))");
  EXPECT_EQ(parsed("-a * b"), "((-a)*b)");
  EXPECT_EQ(parsed("a + b < c * d"), "((a+b)<(c*d))");
  EXPECT_EQ(parsed("(a == 1) * (b != 2)"), "((a==1)*(b!=2))");
  EXPECT_EQ(parsed("- - +a"), "(-(-(+a)))");
  EXPECT_EQ(parsed("-a[0]**2"), "(-(a[0;]**2))");
}

TEST(Expression, ReadsNumbersAsWritten) {
  EXPECT_EQ(parsed("1e-3"), "0.001");
  EXPECT_EQ(parsed(".5 + 5."), "(0.5+5)");
  EXPECT_EQ(parsed("1E+2"), "100");
  const auto tree = parse_expression("0.1", "");
  EXPECT_EQ(std::get<Literal>(tree->node).value, Array::scalar(0.1));
}

TEST(Expression, OutputsOfRecurrencesHaveAPoint) {
  EXPECT_EQ(parsed("sir.I + 2 * sir.S[0]"), parsed("(sir.I)+(2*(sir.S[0]))"));
  EXPECT_EQ(std::get<Name>(parse_expression("sir.I", "m")->node).name, "sir.I");
  for (const std::string text : {"sir.", "sir.5", "sir .I", "a.b.c"})
    EXPECT_THROW((void)parse_expression(text, "m"), InputError) << text;
}

TEST(Expression, CallsTakeKeywordsAfterPositions) {
  EXPECT_EQ(parsed("mean(X, axis=0)"), "mean(X;axis=0;)");
  EXPECT_EQ(parsed("f()"), "f()");
  EXPECT_EQ(parsed("clip(x, 0, 1,)"), "clip(x;0;1;)");
  EXPECT_EQ(parsed("where(a == b, c, d)[0]"), "where((a==b);c;d;)[0;]");
  EXPECT_THAT(refusal("f(axis=0, X)"), HasSubstr("expected keyword=value"));
  EXPECT_THAT(refusal("f(a=0, a=1)"), HasSubstr("the keyword \"a\" is given twice"));
}

TEST(Expression, ListsStandWhereValuesDo) {
  EXPECT_EQ(parsed("[1, a + b]"), "[1;(a+b);]");
  EXPECT_EQ(parsed("a[[0, -1], 2]"), "a[[0;(-1);];2;]");
  EXPECT_EQ(parsed("[[1], [2],]"), "[[1;];[2;];]");
  EXPECT_EQ(parsed("concat([a, b], axis=0)[1:]"), "concat([a;b;];axis=0;)[1::;]");
  EXPECT_EQ(parsed("[a][0]"), "[a;][0;]");
}

TEST(Expression, SubscriptsFollowNumpy) {
  EXPECT_EQ(parsed("s[1:]"), "s[1::;]");
  EXPECT_EQ(parsed("s[:-1]"), "s[:(-1):;]");
  EXPECT_EQ(parsed("X[:, 0]"), "X[::;0;]");
  EXPECT_EQ(parsed("a[:, None]"), "a[::;None;]");
  EXPECT_EQ(parsed("a[group][::2]"), "a[group;][::2;]");
  EXPECT_EQ(parsed("a[i + 1, j:k:l]"), "a[(i+1);j:k:l;]");
}

TEST(Expression, NodesKnowTheirColumn) {
  const auto tree = parse_expression("a + exp(b)", "");
  EXPECT_EQ(tree->column, 1U);
  EXPECT_EQ(std::get<Binary>(tree->node).right->column, 5U);
}

TEST(Expression, RefusalsNameColumnFoundAndExpected) {
  EXPECT_EQ(refusal("mu + "),
            "m.json: nodes.x.mu: column 6 of \"mu + \": found the end, expected a number, a name, \"(\" or \"[\"");
  EXPECT_THAT(refusal(""), HasSubstr("found the end"));
  EXPECT_THAT(refusal("(a"), HasSubstr("column 3 of \"(a\": found the end, expected an operator or \")\""));
  EXPECT_THAT(refusal("f((a, b))"), HasSubstr("expected \")\" (a list is written [a, b])"));
  EXPECT_THAT(refusal("[a b]"), HasSubstr("expected \",\" or \"]\""));
  EXPECT_THAT(refusal("a b"), HasSubstr("column 3 of \"a b\": found \"b\", expected an operator or the end"));
  EXPECT_THAT(refusal("a = b"), HasSubstr("write == to compare"));
  EXPECT_THAT(refusal("a ^ b"), HasSubstr("write ** for powers"));
  EXPECT_THAT(refusal("a < b < c"), HasSubstr("comparisons do not chain"));
  EXPECT_THAT(refusal("1_000"), HasSubstr("found \"1_000\", which is neither number nor name"));
  EXPECT_THAT(refusal("2x"), HasSubstr("found \"2x\""));
  EXPECT_THAT(refusal("1e400"), HasSubstr("beyond the range of a double"));
  EXPECT_THAT(refusal("a[]"), HasSubstr("expected an index, a slice or None"));
  EXPECT_THAT(refusal("None + 1"), HasSubstr("between brackets only"));
  EXPECT_THAT(refusal("a + \xC3\xA9"), HasSubstr("found \"\xC3\xA9\", which no expression has"));
  EXPECT_THAT(refusal("a\x01"), HasSubstr("\\x01"));
}

TEST(Expression, NestingIsBoundedInEveryForm) {
  for (const auto& [before, after] :
       {std::pair{"(", ")"}, {"-", ""}, {"f(", ")"}, {"a[", "]"}, {"[", "]"}, {"2**", ""}, {"a+", ""}}) {
    EXPECT_EQ(refusal(repeated(before, 400) + "1" + repeated(after, 400)), "") << before;
    EXPECT_THAT(refusal(repeated(before, 100000) + "1" + repeated(after, 100000)), HasSubstr("more than 1000 levels"))
        << before;
  }
  EXPECT_THAT(refusal(repeated("a", 1) + repeated("[0]", 100000)), HasSubstr("more than 1000 levels"));
}

}  // namespace
}  // namespace exmc::ir
