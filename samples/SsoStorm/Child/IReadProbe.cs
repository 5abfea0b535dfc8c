namespace SsoStorm;

/// <summary>Watches the reads of a login.</summary>
internal interface IReadProbe
{
    /// <summary>Runs a read, and takes note of when it began and when it ended.</summary>
    Task<T> TimeAsync<T>(Func<Task<T>> read);
}
