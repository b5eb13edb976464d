using Microsoft.Extensions.Logging.Console;

namespace IoTCentral.Web.Hosting;

/// <summary>Logs go to standard error, one line each; standard output holds what people and scripts read at the start.</summary>
internal static class ProgramLog
{
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    public static void AddProgramLog(this ILoggingBuilder logging, IConfiguration settings)
    {
        logging.ClearProviders();
        logging.AddConfiguration(settings.GetSection("Logging"));
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace
        );
        if (string.Equals(settings["Logging:Format"], "json", StringComparison.OrdinalIgnoreCase))
        {
            logging.AddJsonConsole(json =>
                (json.IncludeScopes, json.UseUtcTimestamp, json.TimestampFormat) = (true, true, Time)
            );
        }
        else
        {
            logging.AddSimpleConsole(text =>
                (text.IncludeScopes, text.UseUtcTimestamp, text.TimestampFormat, text.SingleLine) = (
                    true,
                    true,
                    Time,
                    true
                )
            );
        }
    }
}
