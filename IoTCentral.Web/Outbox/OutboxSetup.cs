using IoTCentral.Core.Installation;
using IoTCentral.Core.Outbox;

namespace IoTCentral.Web.Outbox;

/// <summary>Mail and webhooks.</summary>
internal static class OutboxSetup
{
    public static IServiceCollection AddOutbox(this IServiceCollection services)
    {
        services.AddSingleton<IMailer, SmtpMailer>();
        services.AddSingleton<MailSettings>();
        services.AddSingleton(s => new PublicAddresses(s.GetRequiredService<InstallationOptions>().Webhooks.Networks));
        services.AddSingleton<IOutboxSender, MailSender>();
        services.AddSingleton<IOutboxSender, WebhookSender>();
        services.AddHostedService<OutboxPump>();
        return services;
    }
}
