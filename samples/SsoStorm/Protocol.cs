using System.Diagnostics;
using System.Globalization;

namespace SsoStorm;

/// <summary>
/// What a child tells its parent, one record a line: a letter, numbers, perhaps a text. Times are microseconds of the
/// <see cref="ActClock"/>.
/// </summary>
internal enum RecordKind : byte
{
    /// <summary>The load begins: origin of the clock.</summary>
    Go = (byte)'G',

    /// <summary>Worker, sequence, time (in an open loop: when it was due).</summary>
    LoginStarted = (byte)'S',

    /// <summary>Worker, sequence, time: the transaction's COMMIT has returned.</summary>
    LoginAcknowledged = (byte)'A',

    /// <summary>Worker, sequence, time, kind of error: the user was told so.</summary>
    LoginFailed = (byte)'F',

    /// <summary>Worker, sequence, time, kind of error: the user still waits.</summary>
    LoginRetried = (byte)'T',

    /// <summary>Worker, time.</summary>
    ReadStarted = (byte)'R',

    /// <summary>Worker, time.</summary>
    ReadEnded = (byte)'r',

    /// <summary>A text: the child cannot go on.</summary>
    Fatal = (byte)'X',
}

/// <summary>
/// Microseconds since the load began. The origin is a <see cref="Stopwatch"/> timestamp, which all processes of a machine
/// share, so that parent and child read the same clock.
/// </summary>
internal readonly record struct ActClock(long Origin)
{
    public long Now => (long)Stopwatch.GetElapsedTime(Origin).TotalMicroseconds;

    public static ActClock Start() => new(Stopwatch.GetTimestamp());
}

/// <summary>Reads the fields of one record line.</summary>
internal ref struct RecordFields(ReadOnlySpan<char> line)
{
    private ReadOnlySpan<char> _rest = line.Length > 2 ? line[2..] : [];

    public RecordKind Kind { get; } = line.IsEmpty ? default : (RecordKind)line[0];

    public long NextNumber()
    {
        int end = _rest.IndexOf(' ');
        ReadOnlySpan<char> field = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? [] : _rest[(end + 1)..];
        return long.Parse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }

    public readonly string Text() => _rest.ToString();
}
