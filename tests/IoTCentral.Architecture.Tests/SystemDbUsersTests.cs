using System.Reflection;

namespace IoTCentral.Architecture.Tests;

/// <summary>Who may cross tenants in the database.</summary>
public sealed class SystemDbUsersTests
{
    /// <summary>
    /// Each of these selects or filters tenant_id by itself. A new one needs a reason: ingestion, log readers, device
    /// sign-in and registration, due timers and outbox rows, partitions.
    /// </summary>
    private static readonly string[] Users =
    [
        "CheckpointStore",
        "CloudMessageStore",
        "ConnectionLogStore",
        "DataRemover",
        "FileSweepStore",
        "LogSummaries",
        "MergePass",
        "Merger",
        "MessageLog",
        "MessagePartitions",
        "OutboxStore",
        "PackMerge",
        "PresenceStore",
        "RepeatFilter",
        "RetentionSweep",
        "RollupPass",
        "SealPass",
        "Sealer",
        "SignInStore",
        "SignalTable",
        "StorageCount",
        "UnownedApplications",
    ];

    [Fact]
    public void Only_the_listed_classes_cross_tenants()
    {
        var data = Assembly.Load("IoTCentral.Data");
        var systemDb = data.GetType("IoTCentral.Data.Common.SystemDb")!;

        var users = data.GetTypes()
            .Where(t =>
                t.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                    .Any(c => c.GetParameters().Any(p => p.ParameterType == systemDb))
            )
            .Select(t => t.Name);

        Assert.Equal(Users, users.Order(StringComparer.Ordinal));
    }
}
