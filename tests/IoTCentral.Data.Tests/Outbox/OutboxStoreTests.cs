using IoTCentral.Core.Outbox;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Outbox;
using IoTCentral.Testing;

namespace IoTCentral.Data.Tests.Outbox;

public sealed class OutboxStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    private OutboxStore Store => new(database.TenantDb, database.SystemDb);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_key_is_put_in_once()
    {
        var tenant = await database.NewTenantAsync(Ct);

        await Store.AddAsync(tenant, [Mail(tenant, "k"), Mail(tenant, "k"), Mail(tenant, "l")], Ct);
        await Store.AddAsync(tenant, [Mail(tenant, "k")], Ct);

        Assert.Equal(["k", "l"], (await ListAsync(tenant)).Select(m => m.Key).Order());
    }

    [Fact]
    public async Task Everything_comes_back_as_it_was()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var message = Mail(tenant, "k") with
        {
            Payload = """{"text":"nul \u0000 and ünï"}""",
            Secret = [1, 2, 3],
            AlertId = Guid.CreateVersion7(),
        };

        await Store.AddAsync(tenant, [message], Ct);
        var stored = Assert.Single(await ListAsync(tenant));

        Assert.Equal([1, 2, 3], stored.Secret);
        Assert.Equal(message with { Secret = stored.Secret, NextAttemptAt = Now }, stored);
    }

    [Fact]
    public async Task A_message_is_claimed_by_one_only_until_the_claim_ends()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var message = Mail(tenant, "k");
        await Store.AddAsync(tenant, [message], Ct);

        var first = await Store.ClaimAsync(tenant, message.Id, Now, Now.AddSeconds(30), Ct);
        var second = await Store.ClaimAsync(tenant, message.Id, Now, Now.AddSeconds(30), Ct);
        var later = await Store.ClaimAsync(tenant, message.Id, Now.AddSeconds(30), Now.AddSeconds(60), Ct);

        Assert.Equal(1, first!.Attempts);
        Assert.Null(second);
        Assert.Equal(2, later!.Attempts);
    }

    [Fact]
    public async Task What_has_ended_is_not_due_and_cannot_be_claimed()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var message = Mail(tenant, "k");
        await Store.AddAsync(tenant, [message], Ct);
        var claimed = await Store.ClaimAsync(tenant, message.Id, Now, Now.AddSeconds(30), Ct);

        await Store.EndAttemptAsync(claimed! with { Status = OutboxStatus.Sent, SentAt = Now }, Ct);

        Assert.DoesNotContain(await Store.DueAsync(Now.AddDays(1), 100, 1_000, Ct), d => d.Id == message.Id);
        Assert.Null(await Store.ClaimAsync(tenant, message.Id, Now.AddDays(1), Now.AddDays(2), Ct));
        Assert.Equal(Now, Assert.Single(await ListAsync(tenant)).SentAt);
    }

    [Fact]
    public async Task Due_messages_come_of_all_tenants_in_turn()
    {
        var (loud, quiet) = (await database.NewTenantAsync(Ct), await database.NewTenantAsync(Ct));
        var at = Now.AddYears(-1);
        await Store.AddAsync(
            loud,
            [.. Enumerable.Range(0, 50).Select(i => Mail(loud, $"{i}") with { CreatedAt = at })],
            Ct
        );
        await Store.AddAsync(quiet, [Mail(quiet, "one") with { CreatedAt = at.AddHours(1) }], Ct);

        var due = await Store.DueAsync(at.AddDays(1), perTarget: 10, limit: 1_000, Ct);

        Assert.Equal(10, due.Count(d => d.TenantId == loud));
        // other tests' mail may be due as well
        var ours = due.Where(d => d.TenantId == loud || d.TenantId == quiet);
        Assert.Contains(ours.Take(2), d => d.TenantId == quiet);
    }

    [Fact]
    public async Task A_list_is_paged_newest_first_and_can_be_narrowed()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var alert = Guid.CreateVersion7();
        var messages = Enumerable
            .Range(0, 5)
            .Select(i => Mail(tenant, $"{i}") with { CreatedAt = Now.AddMinutes(i), AlertId = i < 2 ? alert : null })
            .ToList();
        await Store.AddAsync(tenant, messages, Ct);

        var first = await Store.ListAsync(tenant, new(), null, 3, Ct);
        var second = await Store.ListAsync(tenant, new(), first.Next, 3, Ct);
        var ofAlert = await Store.ListAsync(tenant, new() { AlertId = alert }, null, 10, Ct);

        Assert.Equal(["4", "3", "2"], first.Items.Select(m => m.Key));
        Assert.Equal(["1", "0"], second.Items.Select(m => m.Key));
        Assert.Null(second.Next);
        Assert.Equal(["1", "0"], ofAlert.Items.Select(m => m.Key));
    }

    [Fact]
    public async Task Old_messages_that_have_ended_are_swept_and_waiting_ones_stay()
    {
        var tenant = await database.NewTenantAsync(Ct);
        var old = Now.AddYears(-2);
        await Store.AddAsync(
            tenant,
            [
                Mail(tenant, "sent") with
                {
                    CreatedAt = old,
                    Status = OutboxStatus.Sent,
                },
                Mail(tenant, "waits") with
                {
                    CreatedAt = old,
                },
                Mail(tenant, "new") with
                {
                    Status = OutboxStatus.Failed,
                },
            ],
            Ct
        );

        await Store.SweepAsync(Now.AddYears(-1), Ct);

        Assert.Equal(["new", "waits"], (await ListAsync(tenant)).Select(m => m.Key).Order());
    }

    [Fact]
    public async Task Another_tenant_sees_and_takes_nothing()
    {
        var (owner, other) = (await database.NewTenantAsync(Ct), await database.NewTenantAsync(Ct));
        var message = Mail(owner, "k");
        await Store.AddAsync(owner, [message], Ct);

        await Store.EndAttemptAsync(message with { TenantId = other, Status = OutboxStatus.Failed }, Ct);

        Assert.Empty(await ListAsync(other));
        Assert.Null(await Store.ClaimAsync(other, message.Id, Now, Now.AddSeconds(30), Ct));
        Assert.Equal(OutboxStatus.Pending, Assert.Single(await ListAsync(owner)).Status);
    }

    private async Task<IReadOnlyList<OutboxMessage>> ListAsync(TenantId tenant) =>
        (await Store.ListAsync(tenant, new(), null, 100, Ct)).Items;

    private static OutboxMessage Mail(TenantId tenant, string key) =>
        new()
        {
            TenantId = tenant,
            Id = Guid.CreateVersion7(),
            Key = key,
            Kind = OutboxKind.Email,
            Target = "a@b.example",
            Payload = new MailContent("s", "t", "h").ToJson(),
            CreatedAt = Now,
        };
}
