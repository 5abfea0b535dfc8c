namespace SplitSqlite.Engine;

/// <content>What most sessions never have: kept apart, because one is made and dropped with each connection that is opened, tens of thousands a second.</content>
internal sealed partial class Session
{
    private Seldom? _seldom;
    private Written? _written;

    /// <inheritdoc/>
    public long LastInsertRowId
    {
        get => _written?.LastInsertRowId ?? 0;
        private set => Values = Values with { LastInsertRowId = value };
    }

    /// <inheritdoc/>
    public long Changes
    {
        get => _written?.Changes ?? 0;
        private set => Values = Values with { Changes = value };
    }

    /// <inheritdoc/>
    public long TotalChanges
    {
        get => _written?.TotalChanges ?? 0;
        private set => Values = Values with { TotalChanges = value };
    }

    /// <summary>Gets or sets the three values at once.</summary>
    public SessionValues Values
    {
        get => _written is { } written ? new(written.LastInsertRowId, written.Changes, written.TotalChanges) : default;
        set
        {
            if (_written is null && value == default)
            {
                return;
            }

            var written = _written ??= new Written();
            (written.LastInsertRowId, written.Changes, written.TotalChanges) = value;
        }
    }

    private SessionPragmas? PragmasIfAny => _seldom?.Pragmas;

    private List<LeasedStream>? Streams => _seldom?.Streams;

    private SavepointStack? Savepoints
    {
        get => _seldom?.Savepoints;
        set
        {
            if (value is not null || _seldom is not null)
            {
                Rarely.Savepoints = value;
            }
        }
    }

    // Once something was attached, for as long as the session lives.
    private AttachedDatabases? Attachments
    {
        get => _seldom?.Attached;
        set
        {
            if (value is not null || _seldom is not null)
            {
                Rarely.Attached = value;
            }
        }
    }

    private bool LacksGate
    {
        get => _seldom is { LacksGate: true };
        set
        {
            if (value || _seldom is not null)
            {
                Rarely.LacksGate = value;
            }
        }
    }

    private Seldom Rarely => _seldom ??= new Seldom();

    private sealed class Seldom
    {
        public SessionPragmas? Pragmas;
        public List<LeasedStream>? Streams;
        public SavepointStack? Savepoints;
        public AttachedDatabases? Attached;

        /// <summary>Whether a write waits for the gate of a file that was attached too late for the order of gates.</summary>
        public bool LacksGate;
    }

    private sealed class Written
    {
        public long LastInsertRowId;
        public long Changes;
        public long TotalChanges;
    }
}
