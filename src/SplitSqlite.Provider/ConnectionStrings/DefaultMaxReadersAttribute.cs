using System.ComponentModel;

namespace SplitSqlite.ConnectionStrings;

/// <summary>The default of <c>Max Readers</c>, which depends on the machine and so is no constant.</summary>
internal sealed class DefaultMaxReadersAttribute() : DefaultValueAttribute(ConnectionStringKeywords.MaxReaders.DefaultValue)
{
    /// <summary>Says what the default is, for the documentation.</summary>
    public override string ToString() => "the larger of 4 and the number of processors";
}
