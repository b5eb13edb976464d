using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Hosting.Commands;

internal sealed class TokenCommand : InstallationCommand
{
    public override IReadOnlyList<string> Name => ["token"];

    public override string Usage => "token --app ID --role Administrator|Builder|Operator";

    public override string Purpose => "prints an API token";

    public override IReadOnlyList<string> Options => ["app", "role"];

    public override IReadOnlyList<string> Required => ["app", "role"];

    protected override async Task RunAsync(CommandInput input, IServiceProvider services, CancellationToken ct)
    {
        var (app, name) = (input.Option("app")!, input.Option("role")!);
        var role =
            Role.Find(name)
            ?? throw new InstallationException(
                $"There is no role '{name}'; roles are {string.Join(", ", Role.BuiltIn.Select(r => r.Name))}."
            );
        var application =
            await services.GetRequiredService<ITenantStore>().FindAsync(app, ct)
            ?? throw new InstallationException($"There is no application '{app}'.");
        var caller = Caller.System(application.TenantId) with { Actor = AuditActor.CommandLine };
        var tokens = services.GetRequiredService<ApiTokens>();
        var token = await tokens.IssueAsync(caller, application, role, id: null, life: null, ct);
        Console.WriteLine(token.Text);
    }
}
