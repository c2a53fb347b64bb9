#include "exmc/ir/collect_names.hpp"

#include <cstddef>

#include "exmc/core/error.hpp"

namespace exmc::ir {
namespace {

/// Expressions deeper than this are refused: every walk over them is recursive.
constexpr std::size_t kMaxDepth = 2000;

class NameCollector {
 public:
  NameCollector(const std::string& where, std::set<std::string>& names, NamesIn parts)
      : where_(where), names_(names), parts_(parts) {}

  void visit(const ExpressionPtr& expression) {
    if (expression) visit(*expression);
  }
  void visit(const Expression& expression) {
    if (++depth_ > kMaxDepth) {
      throw InputError(where_, "an expression nested deeper than " + std::to_string(kMaxDepth) + " levels");
    }
    std::visit([this](const auto& node) { collect(node); }, expression.node);
    --depth_;
  }

 private:
  void collect(const Literal&) {}
  void collect(const Name& name) { names_.insert(name.name); }
  void collect(const Unary& unary) { visit(unary.operand); }
  void collect(const Binary& binary) {
    visit(binary.left);
    visit(binary.right);
  }
  void collect(const Call& call) {
    for (const auto& argument : call.arguments) visit(argument);
    for (const auto& [name, argument] : call.keywords) visit(argument);
  }
  void collect(const List& list) {
    for (const auto& item : list.items) visit(item);
  }
  void collect(const Index& index) {
    visit(index.base);
    if (parts_ == NamesIn::all_but_subscripts) return;
    for (const Subscript& subscript : index.subscripts) {
      if (const auto* expression = std::get_if<ExpressionPtr>(&subscript)) visit(*expression);
      if (const auto* slice = std::get_if<Slice>(&subscript)) {
        visit(slice->start);
        visit(slice->stop);
        visit(slice->step);
      }
    }
  }

  const std::string& where_;
  std::set<std::string>& names_;
  NamesIn parts_;
  std::size_t depth_ = 0;
};

}  // namespace

void collect_names(const Expression& expression, const std::string& where, std::set<std::string>& names,
                   NamesIn parts) {
  NameCollector(where, names, parts).visit(expression);
}

}  // namespace exmc::ir
