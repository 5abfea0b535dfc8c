using System.Data.Common;

namespace SsoStorm;

/// <summary>How a service gets at connections.</summary>
internal enum Lending
{
    /// <summary>100 connections opened ahead; a login keeps the one it was lent to its end.</summary>
    FixedPoolPerLogin,

    /// <summary>100 connections opened ahead; each statement takes whichever is free.</summary>
    FixedPoolPerStatement,

    /// <summary>A connection opened for each login and closed after it; the provider pools.</summary>
    OpenPerLogin,
}

/// <summary>How a service begins its transactions.</summary>
internal enum Transactions
{
    /// <summary><c>BEGIN</c>: the write lock is asked for at the first write, with a read lock in hand.</summary>
    Deferred,

    /// <summary><c>BEGIN IMMEDIATE</c> through <see cref="DbConnection.BeginTransaction()"/>.</summary>
    Immediate,

    /// <summary><c>BEGIN IMMEDIATE</c> and <c>COMMIT</c> sent as SQL text.</summary>
    RawImmediate,
}

/// <summary>
/// Everything in which two acts can differ. The program compares the set-ups of acts 4 and 5 member by member to print
/// their difference, so what it prints is what it runs.
/// </summary>
internal sealed record Setup
{
    public required DbProviderFactory Factory { get; init; }

    public required string ConnectionString { get; init; }

    public required string JournalMode { get; init; }

    public required Lending Lending { get; init; }

    public required Transactions Transactions { get; init; }

    /// <summary>How often a login is tried before its user sees an error.</summary>
    public int Attempts { get; init; } = 1;
}
