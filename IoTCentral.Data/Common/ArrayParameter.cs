using Npgsql;
using NpgsqlTypes;

namespace IoTCentral.Data.Common;

/// <summary>Parameters for <c>unnest</c> and <c>any</c>.</summary>
internal static class ArrayParameter
{
    /// <param name="type">Of one of them.</param>
    public static NpgsqlParameter<T[]> Of<T>(IEnumerable<T> values, NpgsqlDbType type) =>
        new() { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | type };
}
