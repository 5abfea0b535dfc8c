using System.Text;
using Spectre.Console;

namespace SsoStorm;

/// <summary>The console as it is: a terminal, or a file or pipe that wants neither colours nor line breaks.</summary>
internal static class Terminal
{
    private const int Unlimited = 1000;

    public static IAnsiConsole Create()
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false); // for the ≥
        bool redirected = Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected)
        {
            console.Profile.Width = Unlimited;
        }

        return console;
    }

    /// <summary>Breaks a line between words; what follows the first line is set in by two more.</summary>
    public static IEnumerable<string> Wrap(string text, int width, int indent)
    {
        StringBuilder line = new(new string(' ', indent));
        bool empty = true;
        foreach (string word in text.Split(' '))
        {
            if (!empty && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear().Append(' ', indent + 2);
                empty = true;
            }

            line.Append(empty ? "" : " ").Append(word);
            empty = false;
        }

        yield return line.ToString();
    }
}
