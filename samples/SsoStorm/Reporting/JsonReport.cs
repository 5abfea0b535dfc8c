using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SsoStorm;

/// <summary>All figures for machines; times in microseconds.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Style = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file for people and scripts, not for a web page
    };

    public static void Write(string file, StormResult storm) => File.WriteAllText(file, JsonSerializer.Serialize(
        new
        {
            storm.Options.Workers,
            SecondsPerAct = storm.Options.Seconds,
            storm.Options.Rate,
            Cores = Environment.ProcessorCount,
            System = RuntimeInformation.OSDescription,
            Runtime = RuntimeInformation.FrameworkDescription,
            storm.FsyncBefore,
            storm.FsyncAfter,
            Acts = storm.Acts.Select(a => new
            {
                a.Act.Number,
                a.Act.Title,
                a.Act.Story,
                a.Failure,
                a.Figures,
                a.File,
            }),
            Verdict = storm.Verdict.Sentences,
            storm.Verdict.ExitCode,
        },
        Style));
}
