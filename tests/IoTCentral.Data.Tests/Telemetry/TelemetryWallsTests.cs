using Dapper;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Telemetry.Chunks;
using Npgsql;
using static IoTCentral.Data.Tests.Telemetry.MessageLogFixture;

namespace IoTCentral.Data.Tests.Telemetry;

/// <summary>A reader finds nothing of another application, however wrong its SQL is.</summary>
public sealed class TelemetryWallsTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private static readonly string[] Tables = ["message_log", "chunk", "message_pack", "signal"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wrong_SQL_finds_nothing_of_another_application()
    {
        var (own, strange) = (await FilledAsync(), await FilledAsync());
        foreach (var table in Tables)
        {
            // the owner, past the walls, sees both
            Assert.Equal([own.Value, strange.Value], await AllTenantsAsync(table, own, strange));

            string[] wrong =
            [
                $"select tenant_id from {table}",
                $"select tenant_id from {table} where tenant_id = {strange.Value}",
                $"select tenant_id from {table} where tenant_id = {strange.Value} or true",
                $"select a.tenant_id from {table} a join {table} b on a.tenant_id <> b.tenant_id",
                $"select a.tenant_id from {table} a full join {table} b on true where b.tenant_id = {strange.Value}",
                $"with of as (select * from {table}) select tenant_id from of union all select tenant_id from {table}",
                // a condition that tells what it is asked about must not be asked before the wall's
                $"select tenant_id from {table} where 1 / (tenant_id - {strange.Value}) is not null",
            ];
            foreach (var sql in wrong)
                Assert.DoesNotContain(strange.Value, await AskAsync(own, sql));
            Assert.Contains(own.Value, await AskAsync(own, wrong[0]));
        }
    }

    [Fact]
    public async Task Nobody_who_reads_can_change_what_is_stored()
    {
        var own = await FilledAsync();
        foreach (var table in new[] { "message_log", "chunk", "message_pack", "signal" })
        {
            foreach (var sql in new[] { $"delete from {table}", $"update {table} set tenant_id = tenant_id" })
            {
                var refused = await Assert.ThrowsAsync<PostgresException>(() => AskAsync(own, sql));
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
            }
        }
    }

    /// <summary>An application with a message that is sealed, and one that is not.</summary>
    private async Task<TenantId> FilledAsync()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await fixture.Log.AppendAsync([Message(device, """{"t":1}""", Noon)], Ct);
        var system = fixture.Database.SystemDb;
        var pass = new SealPass(system, new SignalTable(system), TimeProvider.System);
        await pass.RunAsync(await fixture.Log.LastPositionAsync(Ct), Ct);
        await fixture.Log.AppendAsync([Message(device, """{"t":2}""", Noon.AddSeconds(1))], Ct);
        return device.Tenant;
    }

    private async Task<IEnumerable<int>> AskAsync(TenantId tenant, string sql) =>
        await fixture.Database.TenantDb.QueryAsync<int>(tenant, sql, null, Ct);

    private async Task<IEnumerable<int>> AllTenantsAsync(string table, TenantId one, TenantId other)
    {
        await using var connection = await fixture.Database.OpenAsOwnerAsync(Ct);
        return await connection.QueryAsync<int>(
            $"select distinct tenant_id from {table} where tenant_id in (@One, @Other) order by tenant_id",
            new { One = one.Value, Other = other.Value }
        );
    }
}
