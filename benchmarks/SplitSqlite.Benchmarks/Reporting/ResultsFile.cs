using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SplitSqlite.Benchmarks.Reporting;

/// <summary>All figures for machines, each run by itself; times are in microseconds where nothing else is said.</summary>
internal static class ResultsFile
{
    private static readonly JsonSerializerOptions Style = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file for people and scripts, not for a web page
        Converters = { new JsonStringEnumConverter(), new ShortNumber() },
    };

    public static void Write(string file, BenchResults results) => File.WriteAllText(file, JsonSerializer.Serialize(results, Style) + "\n");

    public static BenchResults Read(string file)
        => JsonSerializer.Deserialize<BenchResults>(File.ReadAllText(file), Style) ?? throw new JsonException($"{file} holds nothing.");

    // Nobody measures to more than six digits, and the file is kept under version control.
    private sealed class ShortNumber : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
            => writer.WriteRawValue(value.ToString(Math.Abs(value) < 1e6 ? "G6" : "F0", System.Globalization.CultureInfo.InvariantCulture), skipInputValidation: false);
    }
}
