namespace SplitSqlite.ConnectionStrings;

/// <summary>One keyword of the connection string: its spellings, its default, and what it takes for a value.</summary>
internal abstract class ConnectionStringKeyword
{
    private protected ConnectionStringKeyword(string name, string[] synonyms)
    {
        Name = name;
        Synonyms = synonyms;
    }

    /// <summary>Gets the spelling that is written into connection strings.</summary>
    public string Name { get; }

    /// <summary>Gets the other spellings that are understood.</summary>
    public IReadOnlyList<string> Synonyms { get; }

    /// <summary>Gets the place in <see cref="ConnectionStringKeywords.All"/>, which is also the place in a builder's values.</summary>
    public int Index { get; internal set; }

    /// <summary>Gets the value that holds where the keyword is not given.</summary>
    public abstract object? DefaultValue { get; }

    /// <summary>Converts what a user assigned, a text or a typed value, to the keyword's type.</summary>
    /// <exception cref="ArgumentException">The value is not one that the keyword takes. Keywords of Microsoft.Data.Sqlite throw what it throws.</exception>
    public abstract object? Convert(object value);
}

/// <inheritdoc cref="ConnectionStringKeyword"/>
/// <typeparam name="T">The type of the keyword's values.</typeparam>
internal sealed class ConnectionStringKeyword<T> : ConnectionStringKeyword
{
    private readonly Func<string, object, T> _convert;
    private readonly Action<string, T>? _check;
    private readonly T _defaultValue;

    /// <param name="name">The spelling that is written.</param>
    /// <param name="defaultValue">The value that holds where the keyword is not given.</param>
    /// <param name="convert">Converts an assigned value; gets the keyword's name for its messages.</param>
    /// <param name="check">Throws for a value of the right type that the keyword doesn't take; gets the keyword's name for its messages.</param>
    /// <param name="synonyms">The other spellings.</param>
    public ConnectionStringKeyword(string name, T defaultValue, Func<string, object, T> convert, Action<string, T>? check = null, string[]? synonyms = null)
        : base(name, synonyms ?? [])
    {
        _defaultValue = defaultValue;
        _convert = convert;
        _check = check;
    }

    /// <inheritdoc/>
    public override object? DefaultValue => _defaultValue;

    /// <inheritdoc/>
    public override object? Convert(object value)
    {
        var converted = _convert(Name, value);
        Check(converted);
        return converted;
    }

    /// <summary>Throws where a value of the right type is not one that the keyword takes.</summary>
    /// <exception cref="ArgumentException">It isn't.</exception>
    public void Check(T value) => _check?.Invoke(Name, value);
}
