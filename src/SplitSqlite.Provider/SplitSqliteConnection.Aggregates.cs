// Forwards to Microsoft.Data.Sqlite's overloads of the same shape, one line each; nothing here decides anything.
#nullable enable

using Microsoft.Data.Sqlite;

namespace SplitSqlite;

/// <content>Aggregate functions of the connection's own.</content>
public sealed partial class SplitSqliteConnection
{
    /// <summary>Creates an aggregate function for this connection's own use, or removes it. It belongs to the connection, which from then on has a physical one of its own; for functions that all connections are to have, see <see cref="SplitSqliteDataSourceBuilder.UsePhysicalConnectionInitializer"/>.</summary>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    /// <exception cref="InvalidOperationException">The connection is in a read-only snapshot.</exception>
    /// <seealso href="https://learn.microsoft.com/dotnet/standard/data/sqlite/user-defined-functions">User-defined functions</seealso>
    public void CreateAggregate<TAccumulate>(string name, Func<TAccumulate?, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<T1, TAccumulate>(string name, Func<TAccumulate?, T1, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, T1, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, T1, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<T1, T2, TAccumulate>(string name, Func<TAccumulate?, T1, T2, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<T1, T2, T3, TAccumulate>(string name, Func<TAccumulate?, T1, T2, T3, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<T1, T2, T3, T4, TAccumulate>(string name, Func<TAccumulate?, T1, T2, T3, T4, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<T1, T2, T3, T4, T5, TAccumulate>(string name, Func<TAccumulate?, T1, T2, T3, T4, T5, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, TAccumulate>(string name, Func<TAccumulate?, T1, T2, T3, T4, T5, T6, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, TAccumulate>(string name, Func<TAccumulate?, T1, T2, T3, T4, T5, T6, T7, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, TAccumulate>(string name, Func<TAccumulate?, T1, T2, T3, T4, T5, T6, T7, T8, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, TAccumulate>(string name, Func<TAccumulate?, T1, T2, T3, T4, T5, T6, T7, T8, T9, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, T9, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, T9, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TAccumulate>(string name, Func<TAccumulate?, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, TAccumulate>(string name, Func<TAccumulate?, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, TAccumulate>(string name, Func<TAccumulate?, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, TAccumulate>(string name, Func<TAccumulate?, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, TAccumulate>(string name, Func<TAccumulate?, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, TAccumulate>(string name, Func<TAccumulate?, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    public void CreateAggregate<TAccumulate>(string name, Func<TAccumulate?, object?[], TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<TAccumulate>(string name, TAccumulate seed, Func<TAccumulate, object?[], TAccumulate>? func, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, isDeterministic));

    /// <inheritdoc cref="CreateAggregate{TAccumulate}(string, Func{TAccumulate, TAccumulate}, bool)"/>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="seed">The accumulated value before the first row.</param>
    /// <param name="func">Takes a row into the accumulated value, or <see langword="null"/> to remove the function.</param>
    /// <param name="resultSelector">Makes the result from the accumulated value.</param>
    /// <param name="isDeterministic">Whether the same arguments always give the same result (SQLITE_DETERMINISTIC).</param>
    public void CreateAggregate<TAccumulate, TResult>(string name, TAccumulate seed, Func<TAccumulate, object?[], TAccumulate>? func, Func<TAccumulate, TResult>? resultSelector, bool isDeterministic = false)
        => SetUp(connection => connection.CreateAggregate(name, seed, func, resultSelector, isDeterministic));
}
