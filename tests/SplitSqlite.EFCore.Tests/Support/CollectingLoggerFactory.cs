using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SplitSqlite.EFCore.Tests.Support;

/// <summary>Keeps what is logged, with its category.</summary>
internal sealed class CollectingLoggerFactory : ILoggerFactory
{
    private readonly ConcurrentQueue<(string Category, int Id, LogLevel Level, string Text)> _messages = new();

    public (string Category, int Id, LogLevel Level, string Text)[] Messages => [.. _messages];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private sealed class Logger(CollectingLoggerFactory factory, string category) : ILogger
    {
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => factory._messages.Enqueue((category, eventId.Id, logLevel, formatter(state, exception)));

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
