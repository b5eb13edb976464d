using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Devices;
using IoTCentral.Testing;

namespace IoTCentral.Data.Tests.Devices;

public sealed class ConnectionLogStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ConnectionLogStore Store => new(database.TenantDb, database.SystemDb);

    [Fact]
    public async Task A_devices_lines_are_read_newest_first_in_pages()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await Store.AddAsync([Line(tenant, "first"), Line(tenant, "second"), Line(tenant, "third")], [], Ct);

        var page = await Store.OfDeviceAsync(tenant, "pump-1", null, 2, Ct);
        var next = await Store.OfDeviceAsync(tenant, "pump-1", page[^1].Id, 2, Ct);

        Assert.Equal(["third", "second"], page.Select(l => l.Detail));
        Assert.Equal(["first"], next.Select(l => l.Detail));
        Assert.Equal(Line(tenant, "third") with { Id = page[0].Id }, page[0]);
    }

    [Fact]
    public async Task Another_tenant_sees_nothing()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await Store.AddAsync([Line(tenant, "secret")], [], Ct);

        Assert.Empty(await Store.OfDeviceAsync(await database.NewTenantAsync(Ct), "pump-1", null, 10, Ct));
    }

    [Fact]
    public async Task A_line_that_is_stored_again_changes_its_count_and_is_one_line()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var line = Line(tenant, "again") with { Run = Guid.CreateVersion7(Now) };
        await Store.AddAsync([line], [], Ct);

        await Store.AddAsync([line with { Count = 5 }, Line(tenant, "another")], [], Ct);

        var lines = await Store.OfDeviceAsync(tenant, "pump-1", null, 10, Ct);
        Assert.Equal([("another", 1), ("again", 5)], lines.Select(l => (l.Detail, l.Count)));
    }

    [Fact]
    public async Task Refusals_of_what_is_no_device_are_found_by_group_and_only_in_their_application()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await database.TenantDb.ExecuteAsync(
            tenant,
            """
            insert into device (id, name, organization_id, created_at, created_by, updated_by)
            values ('pump-1', 'Pump', 1, now(), 't', 't')
            """,
            null,
            Ct
        );
        var lost = Line(tenant, "none") with { DeviceId = "lost" };
        await Store.AddAsync(
            [
                Line(tenant, "there is one"),
                lost,
                lost with
                {
                    Detail = "a",
                    GroupId = "a",
                },
                lost with
                {
                    Detail = "b",
                    GroupId = "b",
                },
                lost with
                {
                    Detail = "old",
                    At = Now.AddDays(-1),
                },
                lost with
                {
                    Detail = "in",
                    Kind = ConnectionEvent.Provisioned,
                },
            ],
            [],
            Ct
        );

        var ofA = await Store.OfUnknownAsync(tenant, "a", Now, 10, Ct);
        var all = await Store.OfUnknownAsync(tenant, null, Now, 10, Ct);

        Assert.Equal(["a", "none"], ofA.Select(l => l.Detail));
        Assert.Equal(["b", "a", "none"], all.Select(l => l.Detail));
        Assert.Empty(await Store.OfUnknownAsync(await database.NewTenantAsync(Ct), null, Now, 10, Ct));
    }

    [Fact]
    public async Task Attempts_are_found_by_device_id_scope_or_address_and_by_nothing_else()
    {
        await Store.AddAsync([], [Attempt("10.0.0.1", "0neA", "a"), Attempt("10.0.0.2", "0neB", "b\0")], Ct);

        var byAddress = await Store.AttemptsAsync(new(null, null, "10.0.0.2"), Now, 10, Ct);
        var byScope = await Store.AttemptsAsync(new("nobody", "0neA", "10.9.9.9"), Now, 10, Ct);
        var none = await Store.AttemptsAsync(new("nobody", "0neZ", null), Now, 10, Ct);

        Assert.Equal(["10.0.0.2"], byAddress.Select(a => a.Address));
        Assert.Equal(["a"], byScope.Select(a => a.DeviceId));
        Assert.Empty(none);
    }

    [Fact]
    public async Task Old_lines_and_all_but_the_newest_attempts_are_deleted()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await Store.AddAsync([Line(tenant, "old"), Line(tenant, "new") with { At = Now.AddDays(1) }], [], Ct);
        await Store.AddAsync([], [.. Enumerable.Range(0, 20).Select(n => Attempt($"10.1.0.{n}", "0neC", "c"))], Ct);

        await Store.DeleteBeforeAsync(Now.AddHours(1), Now.AddDays(-1), 5, Ct);

        Assert.Equal(["new"], (await Store.OfDeviceAsync(tenant, "pump-1", null, 10, Ct)).Select(l => l.Detail));
        var left = await Store.AttemptsAsync(AttemptFilter.All, Now, 100, Ct);
        Assert.Equal(["10.1.0.19", "10.1.0.18", "10.1.0.17", "10.1.0.16", "10.1.0.15"], left.Select(a => a.Address));
    }

    private static ConnectionLogEntry Line(TenantId tenant, string detail) =>
        new()
        {
            TenantId = tenant,
            DeviceId = "pump-1",
            At = Now,
            Kind = ConnectionEvent.Refused,
            Code = ConnectionCode.WrongKey,
            Detail = detail,
            Address = "10.1.2.3",
            Protocol = "MQTT",
            Proof = "its own primary key",
            Client = "lamp/1.0",
            GroupId = null,
        };

    private static ConnectionAttempt Attempt(string address, string scope, string device) =>
        new()
        {
            At = Now,
            Address = address,
            IdScope = scope,
            DeviceId = device,
            Code = ConnectionCode.UnknownScope,
            Detail = "…",
        };
}
