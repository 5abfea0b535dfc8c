using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace SplitSqlite;

/// <summary>One command of a <see cref="SplitSqliteBatch"/>, with a text and parameters of its own.</summary>
public sealed class SplitSqliteBatchCommand : DbBatchCommand
{
    private SqliteParameterCollection? _parameters;
    private string _commandText = string.Empty;

    /// <summary>Makes a command without text.</summary>
    public SplitSqliteBatchCommand()
    {
    }

    /// <summary>Makes a command.</summary>
    /// <param name="commandText">The SQL, one statement or several.</param>
    public SplitSqliteBatchCommand(string? commandText) => CommandText = commandText;

    /// <summary>Gets or sets the SQL, one statement or several. BEGIN, COMMIT and savepoints have no place in it: the batch is a transaction itself.</summary>
    [AllowNull]
    public override string CommandText
    {
        get => _commandText;
        set => _commandText = value ?? string.Empty;
    }

    /// <summary>Gets or sets how the text is understood: only <see cref="CommandType.Text"/> is.</summary>
    /// <exception cref="ArgumentException">Another type was set.</exception>
    public override CommandType CommandType
    {
        get => CommandType.Text;
        set
        {
            if (value != CommandType.Text)
            {
                throw new ArgumentException($"The command type '{value}' is not supported: SQLite has no stored procedures. Use CommandType.Text.", nameof(value));
            }
        }
    }

    /// <summary>Gets how many rows the command changed when the batch was last executed; -1 where it could change none.</summary>
    public override int RecordsAffected => Affected;

    /// <summary>Gets the parameters, which are Microsoft.Data.Sqlite's own.</summary>
    public new SqliteParameterCollection Parameters => _parameters ??= new ParameterCollection();

    /// <summary>Gets <see langword="true"/>.</summary>
    public override bool CanCreateParameter => true;

    /// <inheritdoc/>
    protected override DbParameterCollection DbParameterCollection => Parameters;

    /// <summary>Gets or sets what <see cref="RecordsAffected"/> answers.</summary>
    internal int Affected { get; set; } = -1;

    /// <summary>Gets the parameters if there are any.</summary>
    internal SqliteParameterCollection? ParametersIfAny => _parameters;

    /// <summary>Makes a parameter.</summary>
    public override SqliteParameter CreateParameter() => new();

    // The collection's constructor is protected there.
    private sealed class ParameterCollection : SqliteParameterCollection;
}
