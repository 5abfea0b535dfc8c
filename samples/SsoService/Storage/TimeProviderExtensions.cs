namespace SsoService.Storage;

public static class TimeProviderExtensions
{
    /// <summary>Now, in the precision that the database keeps: what an answer says is what a later read says.</summary>
    public static DateTimeOffset GetStorableNow(this TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
    }
}
