using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SplitSqlite.Tests.Support;

/// <summary>Keeps what is logged; a test may do something of its own at each message.</summary>
internal sealed class CollectingLogger : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(int Id, string Text)> _messages = new();

    public Action? OnMessage { get; init; }

    public (int Id, string Text)[] Messages => [.. _messages];

    public int[] Ids => [.. _messages.Select(message => message.Id)];

    public ILogger CreateLogger(string categoryName)
    {
        Assert.Equal("SplitSqlite", categoryName);
        return this;
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _messages.Enqueue((eventId.Id, formatter(state, exception)));
        OnMessage?.Invoke();
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
