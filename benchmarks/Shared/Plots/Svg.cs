using System.Globalization;
using System.Net;
using System.Text;

namespace SplitSqlite.Plots;

/// <summary>Writes the few SVG elements that a plot is made of. Colours come from classes, so that a page can be light or dark.</summary>
internal sealed class Svg(double width, double height, string label)
{
    private readonly StringBuilder _text = new();

    public void Line(double x1, double y1, double x2, double y2, string css)
        => Append($"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" class=\"{css}\"/>");

    public void Path(IEnumerable<(double X, double Y)> points, string css)
        => Append($"<path d=\"M{Raw(string.Join("L", points.Select(point => Invariant($"{point.X:0.#},{point.Y:0.#}"))))}\" class=\"{css}\"/>");

    public void Circle(double x, double y, double radius, string css, string tooltip)
        => Append($"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{radius:0.#}\" class=\"{css}\"><title>{tooltip}</title></circle>");

    public void Box(double x, double y, double boxWidth, double boxHeight, string css, string tooltip)
        => Append($"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{boxWidth:0.#}\" height=\"{boxHeight:0.#}\" rx=\"2\" class=\"{css}\"><title>{tooltip}</title></rect>");

    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>: which part of the text is at <paramref name="x"/>.</param>
    public void Text(double x, double y, string text, string css, string anchor = "start")
        => Append($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" class=\"{css}\">{text}</text>");

    /// <summary>The whole element, ready to be set into a page.</summary>
    public override string ToString()
        => Invariant($"<svg viewBox=\"0 0 {width:0} {height:0}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(label)}\">\n{_text}</svg>\n");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static Verbatim Raw(string text) => new(text);

    // Every text among the arguments is encoded, so that none can end an attribute or begin an element.
    private void Append(FormattableString element)
    {
        var arguments = Array.ConvertAll(element.GetArguments(), argument => argument is string text ? WebUtility.HtmlEncode(text) : argument);
        _text.AppendFormat(CultureInfo.InvariantCulture, element.Format, arguments).Append('\n');
    }

    private sealed record Verbatim(string Content)
    {
        public override string ToString() => Content;
    }
}
