#include "web/playground/look.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/report/palette.hpp"
#include "web/playground/fonts.hpp"

namespace evenkeel::look {
namespace {

constexpr float kTextSize = 15.0f;
constexpr float kSmallSize = 13.0f;
constexpr float kBigSize = 27.0f;

float the_scale = 1.0f;
bool the_dark = false;
Fonts the_fonts;

using Palette = std::array<std::uint32_t, static_cast<std::size_t>(Ink::count_)>;  // 0xrrggbb
constexpr Palette kLight = {0x1c2127, 0x57606a, 0xffffff, 0xf4f6f8, 0xd5dae0,
                            0xe9ecef, 0xe69f00, 0x0072b2, 0x00795a, 0xc04a00};
constexpr Palette kDark = {0xe7eaed, 0x9da7b1, 0x13171b, 0x1b2026, 0x3a424b,
                           0x282e35, 0xe69f00, 0x56b4e9, 0x2fc39a, 0xff8a4a};
// The colours of Okabe and Ito without black; yellow is darker, so that lines are visible on white.
constexpr std::uint32_t kCategories[kCategoryCount] = {0x0072b2, 0xe69f00, 0x009e73, 0xd55e00,
                                                       0xcc79a7, 0x56b4e9, 0xb8a800, 0x8a8f96};

constexpr ImU32 opaque(std::uint32_t rgb) {
  return IM_COL32(rgb >> 16 & 0xff, rgb >> 8 & 0xff, rgb & 0xff, 0xff);
}

ImFont* add_font(const FontFile& file, float size) {
  static constexpr ImWchar kRanges[] = {0x20,   0x7e,   0xa0,   0xff,   0x2010, 0x2026,
                                        0x2190, 0x2193, 0x2264, 0x2265, 0};
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  config.OversampleH = 1;  // glyphs are aligned to pixels
  config.PixelSnapH = true;
  // ImGui takes a non-const pointer but only reads.
  return ImGui::GetIO().Fonts->AddFontFromMemoryTTF(const_cast<unsigned char*>(file.bytes),
                                                    static_cast<int>(file.size),
                                                    std::round(px(size)), &config, kRanges);
}

void make_fonts() {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.Flags |= ImFontAtlasFlags_NoMouseCursors;
  the_fonts.text = add_font(kRegularFont, kTextSize);
  the_fonts.strong = add_font(kMediumFont, kTextSize);
  the_fonts.small = add_font(kRegularFont, kSmallSize);
  the_fonts.big = add_font(kMediumFont, kBigSize);
  atlas.Build();
}

void make_style() {
  ImGuiStyle& style = ImGui::GetStyle();
  style = ImGuiStyle();
  style.WindowPadding = {16, 14};
  style.FramePadding = {10, 5};
  style.ItemSpacing = {8, 8};
  style.ItemInnerSpacing = {8, 6};
  style.CellPadding = {8, 5};
  style.ScrollbarSize = 11;
  style.GrabMinSize = 14;
  style.WindowBorderSize = 0;
  style.ChildBorderSize = 1;
  style.FrameBorderSize = 1;
  style.PopupBorderSize = 1;
  style.WindowRounding = 0;
  style.ChildRounding = 8;
  style.FrameRounding = 6;
  style.PopupRounding = 6;
  style.GrabRounding = 6;
  style.ScrollbarRounding = 6;
  style.TabRounding = 6;
  style.ScaleAllSizes(the_scale);

  const auto set = [&](ImGuiCol index, ImVec4 value, float alpha = 1) {
    value.w = alpha;
    style.Colors[index] = value;
  };
  const ImVec4 text = colour4(Ink::text), soft = colour4(Ink::soft), paper = colour4(Ink::paper),
               wash = colour4(Ink::wash), line = colour4(Ink::line), faint = colour4(Ink::faint),
               accent = colour4(Ink::after);
  set(ImGuiCol_Text, text);
  set(ImGuiCol_TextDisabled, soft);
  set(ImGuiCol_WindowBg, paper);
  set(ImGuiCol_ChildBg, paper, 0);
  set(ImGuiCol_PopupBg, paper);
  set(ImGuiCol_Border, line);
  set(ImGuiCol_FrameBg, paper);
  set(ImGuiCol_FrameBgHovered, faint);
  set(ImGuiCol_FrameBgActive, faint);
  set(ImGuiCol_ScrollbarBg, paper, 0);
  set(ImGuiCol_ScrollbarGrab, line);
  set(ImGuiCol_ScrollbarGrabHovered, soft);
  set(ImGuiCol_ScrollbarGrabActive, soft);
  set(ImGuiCol_CheckMark, accent);
  set(ImGuiCol_SliderGrab, accent);
  set(ImGuiCol_SliderGrabActive, accent);
  set(ImGuiCol_Button, wash);
  set(ImGuiCol_ButtonHovered, faint);
  set(ImGuiCol_ButtonActive, line);
  set(ImGuiCol_Header, accent, 0.16f);
  set(ImGuiCol_HeaderHovered, accent, 0.10f);
  set(ImGuiCol_HeaderActive, accent, 0.22f);
  set(ImGuiCol_Separator, line);
  set(ImGuiCol_TableHeaderBg, wash);
  set(ImGuiCol_TableBorderStrong, line);
  set(ImGuiCol_TableBorderLight, faint);
  set(ImGuiCol_TableRowBg, paper, 0);
  set(ImGuiCol_TableRowBgAlt, wash, 0.6f);
  set(ImGuiCol_TextSelectedBg, accent, 0.30f);
  set(ImGuiCol_NavHighlight, accent);
  set(ImGuiCol_PlotHistogram, accent);
}

}  // namespace

void set_scale(float scale) {
  the_scale = scale;
  make_fonts();
  make_style();
}
float scale() { return the_scale; }

void set_dark(bool dark) {
  the_dark = dark;
  make_style();
}
bool is_dark() { return the_dark; }

const Fonts& fonts() { return the_fonts; }

ImU32 colour(Ink ink) { return opaque((the_dark ? kDark : kLight)[static_cast<std::size_t>(ink)]); }
ImVec4 colour4(Ink ink) { return ImGui::ColorConvertU32ToFloat4(colour(ink)); }

ImU32 magnitude(float place) {
  const report::Colour& c = report::palette()[report::palette_index(std::clamp(place, 0.0f, 1.0f))];
  return IM_COL32(c.red, c.green, c.blue, 0xff);
}

ImU32 category(std::size_t number) { return opaque(kCategories[number % kCategoryCount]); }

ImU32 expert_colour(std::int32_t expert) {
  // Seven hues, each in three strengths: neighbours differ in hue, experts 7 apart in strength.
  constexpr std::int32_t kHues = 7;
  constexpr float kStrengths[] = {0.78f, 0.56f, 1.0f};
  const ImU32 hue = category(static_cast<std::size_t>(expert % kHues));
  const ImU32 paper = colour(Ink::paper);
  const float strength = kStrengths[expert / kHues % 3];
  const auto mix = [&](int shift) {
    const auto full = static_cast<float>(hue >> shift & 0xff);
    const auto none = static_cast<float>(paper >> shift & 0xff);
    return static_cast<ImU32>(none + (full - none) * strength);
  };
  return IM_COL32(mix(IM_COL32_R_SHIFT), mix(IM_COL32_G_SHIFT), mix(IM_COL32_B_SHIFT), 0xff);
}

ImU32 text_on(ImU32 background) {
  const ImVec4 c = ImGui::ColorConvertU32ToFloat4(background);
  return c.x * 0.30f + c.y * 0.59f + c.z * 0.11f > 0.55f ? IM_COL32(0x1c, 0x21, 0x27, 0xff)
                                                         : IM_COL32(0xff, 0xff, 0xff, 0xff);
}

ImU32 faded(ImU32 of, float alpha) {
  return (of & ~IM_COL32_A_MASK) | static_cast<ImU32>(alpha * 255.0f + 0.5f) << IM_COL32_A_SHIFT;
}

}  // namespace evenkeel::look
