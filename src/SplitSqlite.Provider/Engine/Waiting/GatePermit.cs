namespace SplitSqlite.Engine;

/// <summary>The right to be the one inside a <see cref="Gate{THolder, TWork}"/>; given back exactly once. The default value is no permit.</summary>
internal readonly struct GatePermit
{
    /// <param name="gate">The gate: a permit of one gate never opens another.</param>
    /// <param name="serial">Unique in that gate, so that giving back twice is noticed.</param>
    public GatePermit(object gate, long serial)
    {
        Gate = gate;
        Serial = serial;
    }

    /// <summary>Gets the gate that issued it.</summary>
    public object? Gate { get; }

    /// <summary>Gets the serial number, from 1.</summary>
    public long Serial { get; }

    /// <summary>Gets a value indicating whether this is no permit.</summary>
    public bool IsNone => Gate is null;
}
