using IoTCentral.Core.Audit;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Common;
using IoTCentral.Data.Devices;

namespace IoTCentral.Data.Commands;

internal sealed class CommandStore(TenantDb db) : ICommandStore
{
    public Task AddAsync(TenantId tenant, CommandCall call, AuditEntry audit, CancellationToken ct) =>
        db.TransactionAsync(
            tenant,
            async t =>
            {
                await t.DemandIdentityAsync(call.DeviceKey);
                await t.ExecuteAsync(
                    """
                    insert into command_call (id, device_key, component, name, request, state, called_at, called_by,
                      connect_seconds, response_seconds)
                    values (@Id, @DeviceKey, @Component, @Name, @Request, @state, @calledAt, @CalledBy,
                      @ConnectSeconds, @ResponseSeconds)
                    """,
                    new
                    {
                        call.Id,
                        call.DeviceKey,
                        call.Component,
                        call.Name,
                        call.Request,
                        state = (short)call.State,
                        calledAt = call.CalledAt.UtcDateTime,
                        call.CalledBy,
                        call.ConnectSeconds,
                        call.ResponseSeconds,
                    }
                );
                await t.AuditAsync(audit);
            },
            ct
        );

    public Task EndAsync(TenantId tenant, CommandCall call, CancellationToken ct) =>
        db.ExecuteAsync(
            tenant,
            """
            update command_call
            set state = @state, response_code = @ResponseCode, response = @Response, failure = @Failure, ended_at = @endedAt
            where id = @Id
            """,
            new
            {
                call.Id,
                state = (short)call.State,
                call.ResponseCode,
                call.Response,
                call.Failure,
                endedAt = call.EndedAt?.UtcDateTime,
            },
            ct
        );

    public async Task<Page<CommandCall>> ListAsync(
        TenantId tenant,
        long deviceKey,
        CapabilityPath? path,
        (string? After, int Limit) page,
        CancellationToken ct
    )
    {
        Guid? before =
            page.After is null ? null
            : Guid.TryParse(page.After, out var id) ? id
            : throw PageKey.Unknown();
        var rows = await db.QueryAsync<Row>(
            tenant,
            """
            select id, device_key, component, name, request, state, response_code, response, failure, called_at, ended_at,
              called_by, connect_seconds, response_seconds
            from command_call
            where device_key = @deviceKey and (@before::uuid is null or id < @before)
              and (@name::text is null or component = @component and name = @name)
            order by id desc
            limit @take
            """,
            new
            {
                deviceKey,
                before,
                component = path?.Component,
                name = path?.Name,
                take = page.Limit + 1,
            },
            ct
        );
        var calls = rows.Select(r => r.ToCall()).ToList();
        return calls.Count <= page.Limit
            ? new(calls, null)
            : new([.. calls.Take(page.Limit)], calls[page.Limit - 1].Id.ToString());
    }

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required long DeviceKey { get; init; }
        public required string Component { get; init; }
        public required string Name { get; init; }
        public string? Request { get; init; }
        public required short State { get; init; }
        public int? ResponseCode { get; init; }
        public string? Response { get; init; }
        public string? Failure { get; init; }
        public required DateTimeOffset CalledAt { get; init; }
        public DateTimeOffset? EndedAt { get; init; }
        public required string CalledBy { get; init; }
        public required int ConnectSeconds { get; init; }
        public required int ResponseSeconds { get; init; }

        public CommandCall ToCall() =>
            new()
            {
                Id = Id,
                DeviceKey = DeviceKey,
                Component = Component,
                Name = Name,
                Request = Request,
                State = (CommandState)State,
                ResponseCode = ResponseCode,
                Response = Response,
                Failure = Failure,
                CalledAt = CalledAt,
                EndedAt = EndedAt,
                CalledBy = CalledBy,
                ConnectSeconds = ConnectSeconds,
                ResponseSeconds = ResponseSeconds,
            };
    }
}
