// Forwards to Microsoft.Data.Sqlite's overloads of the same shape, one line each; nothing here decides anything.
#nullable enable

using Microsoft.Data.Sqlite;

namespace SplitSqlite;

/// <content>Functions of the connection's own.</content>
public sealed partial class SplitSqliteConnection
{
    /// <summary>Creates a function for this connection's own use, or removes it. It belongs to the connection, which from then on has a physical one of its own; for functions that all connections are to have, see <see cref="SplitSqliteDataSourceBuilder.UsePhysicalConnectionInitializer"/>.</summary>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    /// <exception cref="InvalidOperationException">The connection is in a read-only snapshot.</exception>
    /// <seealso href="https://learn.microsoft.com/dotnet/standard/data/sqlite/user-defined-functions">User-defined functions</seealso>
    public void CreateFunction<TResult>(string name, Func<TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, TResult>(string name, Func<T1, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, T2, TResult>(string name, Func<T1, T2, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, T2, T3, TResult>(string name, Func<T1, T2, T3, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, T2, T3, T4, TResult>(string name, Func<T1, T2, T3, T4, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, T2, T3, T4, T5, TResult>(string name, Func<T1, T2, T3, T4, T5, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, T2, T3, T4, T5, T6, TResult>(string name, Func<T1, T2, T3, T4, T5, T6, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, T2, T3, T4, T5, T6, T7, TResult>(string name, Func<T1, T2, T3, T4, T5, T6, T7, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(string name, Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult>(string name, Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult>(string name, Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, TResult>(string name, Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, TResult>(string name, Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, TResult>(string name, Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, TResult>(string name, Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, TResult>(string name, Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, TResult>(string name, Func<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    public void CreateFunction<TResult>(string name, Func<object?[], TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, TResult>(string name, TState state, Func<TState, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, T1, TResult>(string name, TState state, Func<TState, T1, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, T1, T2, TResult>(string name, TState state, Func<TState, T1, T2, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, T1, T2, T3, TResult>(string name, TState state, Func<TState, T1, T2, T3, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, T1, T2, T3, T4, TResult>(string name, TState state, Func<TState, T1, T2, T3, T4, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, T1, T2, T3, T4, T5, TResult>(string name, TState state, Func<TState, T1, T2, T3, T4, T5, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, T1, T2, T3, T4, T5, T6, TResult>(string name, TState state, Func<TState, T1, T2, T3, T4, T5, T6, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, T1, T2, T3, T4, T5, T6, T7, TResult>(string name, TState state, Func<TState, T1, T2, T3, T4, T5, T6, T7, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, T1, T2, T3, T4, T5, T6, T7, T8, TResult>(string name, TState state, Func<TState, T1, T2, T3, T4, T5, T6, T7, T8, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult>(string name, TState state, Func<TState, T1, T2, T3, T4, T5, T6, T7, T8, T9, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult>(string name, TState state, Func<TState, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, TResult>(string name, TState state, Func<TState, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, TResult>(string name, TState state, Func<TState, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, TResult>(string name, TState state, Func<TState, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, TResult>(string name, TState state, Func<TState, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, TResult>(string name, TState state, Func<TState, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));

    /// <inheritdoc cref="CreateFunction{TResult}(string, Func{TResult}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="state">What the function is given as its first argument at each call.</param>
    /// <param name="function">The function, or <see langword="null"/> to remove it.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateFunction<TState, TResult>(string name, TState state, Func<TState, object?[], TResult>? function, bool isDeterministic = false)
        => SetUp(connection => connection.CreateFunction(name, state, function, isDeterministic));
}
