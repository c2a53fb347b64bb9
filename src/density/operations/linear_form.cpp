#include "linear_form.hpp"

namespace exmc::density {

std::size_t LinearForm::width() const {
  std::size_t width = intercept ? 1 : 0;
  for (const Product& product : products) width += product.vector.shape.front();
  return width;
}

std::optional<LinearForm> linear_form(Builder& builder, const View& value) {
  LinearForm form;
  form.data = builder.constant(0.0);
  View rest = value;
  while (rest.shape == value.shape) {  // one that is broadcast has fewer rows
    const LinearPredictor* const known = builder.facts().known_predictor(rest);
    if (known == nullptr) break;
    form.products.push_back({known->design, known->vector});
    rest = View(known->offset);
  }
  if (rest.constant()) {
    form.data = rest;
  } else if (const auto scalar = as_scalar(rest)) {
    form.intercept = scalar;
  } else {
    return std::nullopt;
  }
  return form;
}

std::optional<View> as_scalar(const View& view) {
  for (std::size_t axis = 0; axis < view.rank(); ++axis) {
    if (view.shape[axis] != 1 && (view.shape[axis] == 0 || view.strides[axis] != 0)) return std::nullopt;
  }
  return View{view.space, view.offset, {}, {}};
}

}  // namespace exmc::density
