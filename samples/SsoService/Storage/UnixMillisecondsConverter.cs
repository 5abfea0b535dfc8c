using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace SsoService.Storage;

/// <summary>An instant as milliseconds since 1970, UTC.</summary>
public sealed class UnixMillisecondsConverter() : ValueConverter<DateTimeOffset, long>(
    instant => instant.ToUnixTimeMilliseconds(),
    milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
