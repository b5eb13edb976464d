using Npgsql;

namespace IoTCentral.Data.Common;

/// <summary>What an error of the database says about the row that was to be written, by the class of its SQLSTATE.</summary>
internal static class DatabaseFault
{
    /// <summary>Classes 22 data, 23 integrity, 54 limits: the row itself is refused, now and ever. Anything else may pass.</summary>
    public static bool IsOfData(Exception e) =>
        e is PostgresException { SqlState: ['2', '2' or '3', ..] or ['5', '4', ..] };
}
