using Spectre.Console;
using Spectre.Console.Rendering;

namespace SsoStorm;

/// <summary>Shows how the acts go while they go.</summary>
internal interface IStormView
{
    void Started(Act act);

    void Progress(Act act, ActFigures figures);

    void Checking(Act act);

    void Ended(ActResult result);
}

/// <summary>For a file or a pipe: a line when an act begins, a line when it ends.</summary>
internal sealed class PlainView(IAnsiConsole console) : IStormView
{
    public void Started(Act act) => console.WriteLine($"Act {act.Number}, {act.Title} ...");

    public void Progress(Act act, ActFigures figures)
    {
    }

    public void Checking(Act act)
    {
    }

    public void Ended(ActResult result) => console.WriteLine(result.Figures is { } figures
        ? $"  {Format.Plural(figures.Acknowledged, "login")} in {Format.Seconds(figures.Seconds)}, "
            + $"{Format.Plural(figures.ErrorCount, "error")}, slowest {Format.Time(figures.Logins.Slowest)}"
        : $"  could not be run: {result.Failure}");
}

/// <summary>For a terminal: the table of logins, drawn anew four times a second.</summary>
internal sealed class LiveView(LiveDisplayContext context, Options options) : IStormView
{
    private readonly SortedDictionary<int, (Act Act, ActFigures? Figures, string? Remark)> _rows = [];

    public void Started(Act act) => Show(act, null, "...", $"Act {act.Number}: making its database and warming up");

    public void Progress(Act act, ActFigures figures) => Show(
        act,
        figures,
        null,
        $"Act {act.Number}: {Format.Seconds(Math.Floor(figures.Seconds))} of {Format.Seconds(options.Seconds)}");

    public void Checking(Act act) => Show(
        act, _rows[act.Number].Figures, null, $"Act {act.Number}: killed; counting what is in its file");

    public void Ended(ActResult result) => Show(result.Act, result.Figures, "failed", null);

    private void Show(Act act, ActFigures? figures, string? remark, string? status)
    {
        _rows[act.Number] = (act, figures, remark);
        List<IRenderable> lines = [Tables.Logins(_rows.Values)];
        if (status is not null)
        {
            lines.Add(new Markup($"[grey]{Markup.Escape(status)}[/]"));
        }

        context.UpdateTarget(new Rows(lines));
    }
}
