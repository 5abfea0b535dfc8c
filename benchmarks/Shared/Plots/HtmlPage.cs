using System.Globalization;
using System.Net;
using System.Text;

namespace SplitSqlite.Plots;

/// <summary>One cell of a table; <paramref name="Css"/> is <c>good</c>, <c>bad</c>, <c>muted</c> or nothing.</summary>
internal readonly record struct HtmlCell(string Text, string? Css = null)
{
    public static implicit operator HtmlCell(string text) => new(text);
}

/// <summary>A page in one file: no script, nothing fetched, light or dark as its reader's system is.</summary>
internal sealed class HtmlPage(string title)
{
    private readonly StringBuilder _body = new();

    public void Heading(string text, string? anchor = null)
        => Append($"<h2{(anchor is null ? "" : $" id=\"{Encode(anchor)}\"")}>{Encode(text)}</h2>\n");

    public void Subheading(string text) => Append($"<h3>{Encode(text)}</h3>\n");

    public void Paragraph(string text, string? css = null)
        => Append($"<p{(css is null ? "" : $" class=\"{css}\"")}>{Encode(text)}</p>\n");

    public void Links(IEnumerable<(string Anchor, string Text)> links)
        => Append($"<nav>{string.Join(" · ", links.Select(link => $"<a href=\"#{Encode(link.Anchor)}\">{Encode(link.Text)}</a>"))}</nav>\n");

    /// <summary>The names of the colours that the plots below use.</summary>
    public void Legend(IEnumerable<(string Name, int Color)> entries)
        => Append($"<p class=\"legend\">{string.Join("", entries.Select(entry => $"<span><i class=\"c{entry.Color}\"></i>{Encode(entry.Name)}</span>"))}</p>\n");

    /// <summary>Plots beside each other, or one below the other where the page is narrow.</summary>
    public void Plots(params IEnumerable<string> svgs)
        => Append($"<div class=\"plots\">\n{string.Join("", svgs.Select(svg => $"<figure>{svg}</figure>\n"))}</div>\n");

    /// <summary>A table whose first column is text and whose others are figures.</summary>
    /// <param name="allText">Whether all columns are text.</param>
    public void Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<HtmlCell>> rows, bool allText = false)
    {
        Append($"<div class=\"table\"><table{(allText ? " class=\"text\"" : "")}>\n<tr>{string.Join("", headers.Select(header => $"<th>{Encode(header)}</th>"))}</tr>\n");
        foreach (var row in rows)
        {
            Append($"<tr>{string.Join("", row.Select(cell => $"<td{(cell.Css is null ? "" : $" class=\"{cell.Css}\"")}>{Encode(cell.Text)}</td>"))}</tr>\n");
        }

        Append($"</table></div>\n");
    }

    public void Save(string file) => File.WriteAllText(file, ToString());

    public override string ToString() =>
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Encode(title)}</title>
        <style>
        {PageStyle.Css}
        </style>
        </head>
        <body>
        <h1>{Encode(title)}</h1>
        {_body}</body>
        </html>

        """;

    private void Append(FormattableString html) => _body.Append(html.ToString(CultureInfo.InvariantCulture));

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
