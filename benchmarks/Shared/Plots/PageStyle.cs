namespace SplitSqlite.Plots;

/// <summary>How pages and plots look. Colours are told apart by people who do not see red and green too, on light and dark ground.</summary>
internal static class PageStyle
{
    public const string Css =
        """
        :root { color-scheme: light dark; --ground: #ffffff; --panel: #f7f8fa; --ink: #1b1f24; --muted: #5c6570; --rule: #e1e4e8; --axis: #9aa3ad;
          --good: #18794e; --bad: #c0362c; --c0: #1d5fd1; --c1: #d9730d; --c2: #0f8a80; --c3: #6b7280; --c4: #b8327f; }
        @media (prefers-color-scheme: dark) {
          :root { --ground: #14171b; --panel: #1b1f25; --ink: #e3e7ec; --muted: #9aa4af; --rule: #2e343c; --axis: #5f6975;
            --good: #4cc38a; --bad: #f0776c; --c0: #6ea8fe; --c1: #f0964a; --c2: #3cc8bb; --c3: #9ca3af; --c4: #ee7fbb; } }
        * { box-sizing: border-box; }
        body { max-width: 1240px; margin: 0 auto; padding: 28px 20px 60px; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; }
        h1 { font-size: 26px; margin: 0 0 6px; } h2 { font-size: 20px; margin: 42px 0 6px; padding-top: 14px; border-top: 1px solid var(--rule); } h3 { font-size: 15px; margin: 20px 0 4px; }
        p { margin: 6px 0; max-width: 92ch; } p.muted, td.muted { color: var(--muted); } a { color: var(--c0); } nav { margin: 12px 0; line-height: 1.9; }
        .table { overflow-x: auto; margin: 12px 0; } table { border-collapse: collapse; font-size: 12.5px; font-variant-numeric: tabular-nums; }
        th { text-align: right; font-weight: 600; color: var(--muted); white-space: nowrap; } td { text-align: right; white-space: nowrap; }
        th, td { padding: 4px 8px; border-bottom: 1px solid var(--rule); vertical-align: top; } th:first-child, td:first-child { text-align: left; padding-left: 0; }
        table.text th, table.text td { text-align: left; white-space: normal; } td.good { color: var(--good); font-weight: 600; } td.bad { color: var(--bad); font-weight: 600; }
        .plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); gap: 14px; margin: 12px 0; align-items: start; }
        figure { margin: 0; padding: 10px; background: var(--panel); border: 1px solid var(--rule); border-radius: 6px; } svg { display: block; width: 100%; height: auto; }
        .legend span { margin-right: 18px; white-space: nowrap; } .legend i { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin-right: 6px; background: var(--color); }
        .c0 { --color: var(--c0); } .c1 { --color: var(--c1); } .c2 { --color: var(--c2); } .c3 { --color: var(--c3); } .c4 { --color: var(--c4); }
        svg text { font: 11px system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; fill: var(--ink); paint-order: stroke; stroke: var(--panel); stroke-width: 3px; stroke-linejoin: round; font-variant-numeric: tabular-nums; }
        svg .title { font-size: 13px; font-weight: 600; } svg .tick { fill: var(--muted); font-size: 10.5px; }
        .grid { stroke: var(--rule); stroke-width: 1; } .axis { stroke: var(--axis); stroke-width: 1; } .leader { stroke: var(--rule); stroke-width: 1; }
        .mark { stroke: var(--axis); stroke-width: 1; stroke-dasharray: 2 3; } .goal { stroke: var(--good); stroke-width: 1.2; stroke-dasharray: 6 3; }
        .line { fill: none; stroke: var(--color); stroke-width: 2; stroke-linejoin: round; } .dashed { stroke-dasharray: 5 4; stroke-width: 1.6; }
        .spread { stroke: var(--color); stroke-width: 1; opacity: .6; } .dot { fill: var(--color); stroke: var(--panel); stroke-width: 1; }
        .bar { fill: var(--color); } .range { stroke: var(--ink); stroke-width: 1; opacity: .55; }
        @media print { body { max-width: none; } figure { break-inside: avoid; } }
        """;
}
