// Generated from the OpenAPI document by `npm run generate`; changes made here are lost.

export interface paths {
    "/api/access/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How people sign in through the plant’s OpenID provider. */
        get: operations["oidcSettings"];
        /** Change it; the provider is asked before it is saved switched on. */
        put: operations["putOidcSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The own account. */
        get: operations["account"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add the passkey that the browser made. */
        post: operations["addPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/passkeys/{passkey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove one of the own passkeys. */
        delete: operations["deletePasskey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/passkeys/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to add a passkey: the options of navigator.credentials.create. */
        post: operations["beginPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** New recovery codes; the old ones no longer work. */
        post: operations["renewRecoveryCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The own sessions. */
        get: operations["ownSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of the own sessions. */
        delete: operations["endOwnSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The own API tokens. */
        get: operations["ownTokens"];
        put?: never;
        /** Make an API token; it is shown this once. */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw one of the own tokens. */
        delete: operations["deleteOwnToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to set up codes of an authenticator app (RFC 6238); in force once confirmed. */
        post: operations["beginTotp"];
        /** Do without the codes of an authenticator app. */
        delete: operations["removeTotp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put the codes in force by giving one; the recovery codes are shown this once. */
        post: operations["confirmTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ways by which alarms leave the platform, and how each is. */
        get: operations["alarmChannels"];
        put?: never;
        /** Add a webhook or e-mail addresses. */
        post: operations["createAlarmChannel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-channels/{channel}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change it. A secret given back as ••• stays. */
        put: operations["putAlarmChannel"];
        post?: never;
        /** Remove it, with what waits to be sent. */
        delete: operations["deleteAlarmChannel"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-channels/{channel}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a test message now. */
        post: operations["testAlarmChannel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How well the alarms serve their operators, after EEMUA 191 and ISA-18.2. */
        get: operations["alarmMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alarm rules, and where they cannot be judged. */
        get: operations["alarmRules"];
        put?: never;
        /** Add a rule; its condition is checked against the things it names. */
        post: operations["createAlarmRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-rules/{rule}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One rule. */
        get: operations["alarmRule"];
        /** Add or change a rule. */
        put: operations["putAlarmRule"];
        post?: never;
        /** Remove a rule. Its open alarms return; its history stays. */
        delete: operations["deleteAlarmRule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-rules/{rule}/in-service": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Return a rule to service. */
        post: operations["returnToService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-rules/{rule}/out-of-service": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a rule out of service, at all its things or at one, with a reason. */
        post: operations["takeOutOfService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-rules/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check a rule as it is being written; saves nothing. */
        post: operations["checkAlarmRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-rules/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** How often a rule would have fired in a range, and when; saves nothing. */
        post: operations["tryAlarmRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alarms: the open ones by urgency and time, or history, newest first. */
        get: operations["alarms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{alarm}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One alarm with all that happened to it. */
        get: operations["alarm"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{alarm}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write something to an alarm. */
        post: operations["commentAlarm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Acknowledge alarms. */
        post: operations["acknowledgeAlarms"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alarms of a range as CSV. */
        get: operations["exportAlarms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Server-sent events: each `data:` is an AlarmUpdate. Starts with all open alarms. */
        get: operations["alarmsLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reset latched alarms. */
        post: operations["resetAlarms"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/shelve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put alarms aside for a time, with a reason. */
        post: operations["shelveAlarms"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/unshelve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take alarms off the shelf. */
        post: operations["unshelveAlarms"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Applications the caller may see, and how they are. */
        get: operations["apps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apps/{app}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One application. */
        get: operations["app"];
        /** Switch an application on or off, or change its settings; needs `configure` in it. */
        put: operations["putApp"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apps/{app}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs of an application, newest first. */
        get: operations["appJobs"];
        put?: never;
        /** Start a job; needs `operate` in the application. */
        post: operations["startAppJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apps/{app}/jobs/{job}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One job, its progress and its result. */
        get: operations["appJob"];
        put?: never;
        post?: never;
        /** Cancel a job that runs. */
        delete: operations["cancelAppJob"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apps/{app}/rounds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What it decided and why, newest first. */
        get: operations["appRounds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apps/{app}/rounds/{round}/case": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A round as a case that can be replayed: situation, settings, time and what was decided. */
        get: operations["appCase"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Search the audit trail, newest first; records of places where the caller may audit. */
        get: operations["audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The whole trail as JSON lines with its signed head, for tools/audit/verify-audit.js. */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/head": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest record’s number and hash, signed: kept elsewhere, it shows later that nothing was taken away. */
        get: operations["auditHead"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Walk the whole chain now. */
        post: operations["verifyAudit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Backups made. */
        get: operations["backups"];
        put?: never;
        /** Back up samples and records while running. */
        post: operations["createBackup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Commands, the latest first, of things the caller may see. */
        get: operations["commands"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/{command}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One command. */
        get: operations["command"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/{command}/refuse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Call off a command that has not been sent: whoever asked for it, or who could release it. */
        post: operations["refuseCommand"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/{command}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Be the second person: let a command go that its model wants two people for. */
        post: operations["releaseCommand"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Commands, leases and groups as they change: server-sent events, each a CommandUpdate. */
        get: operations["commandsLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Connections, their state and why. */
        get: operations["connections"];
        put?: never;
        /** Add a connection and open it. */
        post: operations["createConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One connection. */
        get: operations["connection"];
        /** Change a connection and reopen it. */
        put: operations["putConnection"];
        post?: never;
        /** Remove a connection. Its things and their history stay. */
        delete: operations["deleteConnection"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections/{id}/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Close and open again. */
        post: operations["restartConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/counters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What became of all that came in: in total and by connection. */
        get: operations["counters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dashboards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Dashboards of the places the caller may see. */
        get: operations["dashboards"];
        put?: never;
        /** Make a dashboard; needs `configure` at its place. */
        post: operations["createDashboard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dashboards/{dashboard}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One dashboard. */
        get: operations["dashboard"];
        /** Save a dashboard, by its owner or with `configure` at its place. `version` is the one that was changed; 409 where somebody saved since. */
        put: operations["putDashboard"];
        post?: never;
        /** Remove a dashboard with its links and pictures; by its owner or with `configure` at its place. */
        delete: operations["deleteDashboard"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dashboards/{dashboard}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Links that show a dashboard without signing in; for those who may change it. */
        get: operations["dashboardLinks"];
        put?: never;
        /** Make a link; its token is shown this once. It shows what its maker may see at the time of reading, and nothing else. */
        post: operations["createDashboardLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dashboards/{dashboard}/links/{link}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw a link; it shows nothing from then on. */
        delete: operations["deleteDashboardLink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dashboards/{dashboard}/pictures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Upload a plan picture: PNG, JPEG or WebP. One that no tile shows is removed after a day. */
        post: operations["createDashboardPicture"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dashboards/{dashboard}/pictures/{picture}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A plan picture. */
        get: operations["dashboardPicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device-authorities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Authorities whose client certificates terminals may show. */
        get: operations["deviceAuthorities"];
        put?: never;
        /** Trust an authority: certificates it signed can be registered for things. */
        post: operations["createDeviceAuthority"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device-authorities/{fingerprint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Trust an authority no more: the certificates it signed are revoked with it. */
        delete: operations["deleteDeviceAuthority"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every sample of a range as CSV or Parquet; `property` is `<thing id>/<name>` percent-encoded, or a thing id for all of it. */
        get: operations["exportSamples"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Grafana JSON data source: the test of the connection. */
        get: operations["grafana"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same, as the plugin writes it. */
        get: operations["grafanaRoot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/metric-payload-options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grafana JSON data source: things, or properties of a thing, to choose from. */
        post: operations["grafanaOptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grafana JSON data source: what can be asked for. */
        post: operations["grafanaMetrics"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grafana JSON data source: series, tables and annotations of a stretch of time. */
        post: operations["grafanaQuery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Plain rows for Grafana’s Infinity data source and other programs; `series` is `<thing id>/<property>`, repeated for several. */
        get: operations["grafanaRows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/tag-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grafana JSON data source: what ad hoc filters may name. */
        post: operations["grafanaTagKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/tag-values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grafana JSON data source: values of what an ad hoc filter names. */
        post: operations["grafanaTagValues"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/variable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grafana JSON data source: values of a variable: "things", "places", "types", "properties". */
        post: operations["grafanaVariable"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 200 only when HTTP, MQTT and both stores accept work; else 503 with what is missing. */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/leases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Leases held now. */
        get: operations["leases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Server-sent events: each `data:` is a LiveUpdate. Starts with the latest values of the things named. */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/maintenance-windows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Times in which the alarms of a place are out of service. */
        get: operations["maintenanceWindows"];
        put?: never;
        /** Announce maintenance. */
        post: operations["createMaintenanceWindow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/maintenance-windows/{window}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End or call off maintenance. */
        delete: operations["deleteMaintenanceWindow"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notification-settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Mail server, hosts webhooks may reach, operators. */
        get: operations["notificationSettings"];
        /** Change them. A password given back as ••• stays. */
        put: operations["putNotificationSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document. */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People who may sign in, and what they hold. */
        get: operations["people"];
        put?: never;
        /** Add a person. Without a password one is made up, shown this once and to be changed. */
        post: operations["createPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/people/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change what a person is called and holds, or whether they may sign in. It holds at once. */
        put: operations["putPerson"];
        post?: never;
        /** Remove a person with their sessions and tokens. What they did stays in the audit trail. */
        delete: operations["deletePerson"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/people/{name}/lock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Let a person try again at once after too many wrong passwords. */
        delete: operations["unlockPerson"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/people/{name}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a person a new password, to be changed at the next sign-in; their sessions end. */
        post: operations["resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/people/{name}/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take away a person’s second factors: they lost them. */
        delete: operations["resetSecondFactor"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ISA-95 tree with counts of live states. */
        get: operations["plant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/proposals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Things that terminals announced and nobody has accepted yet. */
        get: operations["proposals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/proposals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Dismiss a proposal. */
        delete: operations["deleteProposal"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/proposals/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Register the proposed thing. */
        post: operations["acceptProposal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/protocols": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Protocols and their settings. */
        get: operations["protocols"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/protocols/{protocol}/browse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What is there below a node. */
        post: operations["browse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/protocols/{protocol}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try settings against the real address; saves nothing. */
        post: operations["testConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/push-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Public key for web push; absent where the platform is not reached over HTTPS. */
        get: operations["pushKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/push-subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tell this browser of alarms. */
        post: operations["subscribePush"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/push-subscriptions/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tell this browser no more. */
        post: operations["unsubscribePush"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rejected data with the reason, newest first. */
        get: operations["quarantine"];
        put?: never;
        post?: never;
        /** Empty the quarantine. */
        delete: operations["clearQuarantine"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in. */
        get: operations["session"];
        put?: never;
        /** Sign in; sets the session cookie. */
        post: operations["signIn"];
        /** End this session. */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Prove again who one is, as dangerous administration asks for half an hour after signing in. */
        post: operations["confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Go to the OpenID provider. */
        get: operations["oidcStart"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the OpenID provider sends people back to. */
        get: operations["oidcCallback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with a passkey; sets the session cookie. */
        post: operations["passkeySignIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/passkey/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to sign in with a passkey: the options of navigator.credentials.get. */
        post: operations["passkeyChallenge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change the own password. */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/ways": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How one can sign in here. */
        get: operations["signInWays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sessions of everybody, newest first. */
        get: operations["sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a session; its live streams end with it. */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-point-groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Set-point groups, the latest first. */
        get: operations["setPointGroups"];
        put?: never;
        /** Write several properties in order; on failure those written are restored in reverse. */
        post: operations["applySetPointGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-point-groups/{group}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One set-point group. */
        get: operations["setPointGroup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-point-groups/{group}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put back what a group had changed, in reverse order. */
        post: operations["undoSetPointGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Settings of the platform. */
        get: operations["settings"];
        /** Change settings of the platform. */
        put: operations["putSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/shared/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The dashboard of a link. The token is what opens it. */
        get: operations["sharedDashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/shared/{token}/pictures/{picture}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A plan picture of the dashboard of a link. */
        get: operations["sharedPicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/shared/{token}/samples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** History of a property that a chart of the dashboard shows. */
        get: operations["sharedSamples"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/shared/{token}/values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Latest values and states that the dashboard of a link shows. */
        get: operations["sharedValues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sql": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask in SQL (ClickHouse), read only, over `samples`, `minutes`, `hours` and `things`; only what the caller may see is in them. */
        post: operations["sql"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sql/tables": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What may be asked: tables and columns. */
        get: operations["sqlTables"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/thing-models/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a Thing Description from a Thing Model and the values of its placeholders; it is returned, not saved. */
        post: operations["createThingModelInstance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/thing-states": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Live state of the things under a place. */
        get: operations["thingStates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Thing Descriptions, by id; filter by place, type or text. */
        get: operations["things"];
        put?: never;
        /** Register a thing by its Thing Description; one without an id is given one. */
        post: operations["createThing"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One Thing Description. */
        get: operations["thing"];
        /** Create or replace a Thing Description. History stays with properties that keep their name. */
        put: operations["putThing"];
        post?: never;
        /** Remove a thing, its credentials and its history. */
        delete: operations["deleteThing"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/actions/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Invoke an action of a thing; answers with what the thing answered. 202: it is under way, follow its command. */
        post: operations["invokeAction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/certificates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A thing's client certificates for MQTT over TLS, those that are over too. */
        get: operations["certificates"];
        put?: never;
        /** Issue a client certificate for a thing, with a key made for it (shown this once) or for a request; or register one it has. */
        post: operations["createCertificate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/certificates/{fingerprint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a client certificate; sessions that use it end at once. */
        delete: operations["revokeCertificate"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/control": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What of a thing can be commanded: limits, interlocks as they stand, lease, where its safety runs. */
        get: operations["thingControl"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/counters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What became of what a thing sent. */
        get: operations["thingCounters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A thing's credentials. */
        get: operations["credentials"];
        put?: never;
        /** New credentials for a thing; the password is shown this once. */
        post: operations["createCredentials"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/credentials/{username}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw credentials; sessions that use them end at once. */
        delete: operations["deleteCredentials"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events of a thing, newest first. */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/events/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Push an event: any JSON, or {"time": …, "data": …}. */
        post: operations["pushEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/lease": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Sign of life of the holder (dead-man heartbeat). */
        put: operations["renewLease"];
        /** Take the lease of a thing. Taking one’s own again gives a new token and fences the old one out. */
        post: operations["takeLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/lease/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accept a lease that was offered; the giver’s token is fenced out. */
        post: operations["acceptLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/lease/break-glass": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a lease from its holder by force, with a reason; the declared safe action runs first. */
        post: operations["breakGlass"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/lease/offer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Offer a lease to another user; without `to` the offer is withdrawn. */
        post: operations["offerLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/lease/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a lease back in good order; no safe action runs. */
        post: operations["releaseLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/properties": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Latest value, time and quality of each property, by name. */
        get: operations["properties"];
        put?: never;
        /** Push values; answered after they are stored. */
        post: operations["push"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/properties/{name}/samples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** History. A range that holds no more than `points` comes raw, else as the extremes of equal spans. */
        get: operations["samples"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/properties/{name}/set": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write a property. 200: the state is final; 202: it is under way, follow it. */
        post: operations["writeProperty"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** API tokens of everybody. */
        get: operations["tokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw a token. */
        delete: operations["deleteToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Webhooks at places where the caller may configure. */
        get: operations["webhooks"];
        put?: never;
        /** Send samples, events or alarms to an address; a secret that was made up is shown this once. */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{webhook}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change a webhook. */
        put: operations["putWebhook"];
        post?: never;
        /** Remove a webhook and what waits to be sent. */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{webhook}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a message without data now, and tell what became of it. */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prometheus text format. */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** Account */
        Account: {
            grants: components["schemas"]["Grant"][];
            passkeys: components["schemas"]["PasskeyInfo"][];
            /** @description Passkeys need HTTPS and a host name. */
            passkeysPossible: boolean;
            /** @description Recovery codes left. */
            recoveryCodes: number;
            source: "local" | "oidc";
            title: string;
            totp: boolean;
            user: string;
        };
        /** Alarm */
        Alarm: {
            acknowledged?: {
                by: string;
                /** Format: date-time */
                time: string;
            };
            /** @description The condition holds. */
            active: boolean;
            /** @description What the condition read when it was raised. */
            cause: {
                property: string;
                thing: string;
                unit?: string;
                value: unknown;
            }[];
            /** Format: date-time */
            changed: string;
            comments: number;
            condition: string;
            consequence?: string;
            /** @description Id of the alarm that began the group this one came in. */
            group: string;
            held?: {
                by: string;
                reason: string;
                /** Format: date-time */
                since: string;
                /** Format: date-time */
                until?: string;
            };
            id: string;
            place: string;
            /**
             * @description urgent, high, medium or low.
             * @enum {string}
             */
            priority: "urgent" | "high" | "medium" | "low";
            /**
             * Format: date-time
             * @description When the platform raised it.
             */
            raised: string;
            response?: string;
            /** Format: date-time */
            returned?: string;
            rule: string;
            /** @enum {string} */
            state: "unacknowledged" | "acknowledged" | "returned" | "latched" | "shelved" | "suppressed" | "out-of-service" | "normal";
            thing: string;
            thingTitle: string;
            thingTitles?: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description Time of the sample that raised it.
             */
            time: string;
            title: string;
            titles?: {
                [key: string]: string;
            };
            translations?: {
                [key: string]: unknown;
            };
            unjudged?: {
                because: {
                    en: string;
                    zh: string;
                };
                /** Format: date-time */
                since: string;
            };
        };
        /** AlarmChannel */
        AlarmChannel: {
            enabled?: boolean;
            failed: number;
            id: string;
            /** @enum {string} */
            kind: "webhook" | "email";
            /** @enum {string} */
            language?: "en" | "zh";
            /** Format: date-time */
            lastSent?: string;
            place?: string;
            priorities?: ("urgent" | "high" | "medium" | "low")[];
            problem?: {
                detail: string;
                /** Format: date-time */
                time: string;
            };
            /** @description Whom it reaches; none: everybody. */
            roles?: string[];
            /** @description Webhook: signs what is sent (HMAC-SHA256). Shown as •••. */
            secret?: string;
            sent: number;
            title: string;
            /** @description E-mail: whom to. */
            to?: string[];
            /** @description Webhook: where to. */
            url?: string;
            waiting: number;
        };
        /** AlarmChannelInput */
        AlarmChannelInput: {
            enabled?: boolean;
            /** @enum {string} */
            kind: "webhook" | "email";
            /** @enum {string} */
            language?: "en" | "zh";
            place?: string;
            priorities?: ("urgent" | "high" | "medium" | "low")[];
            /** @description Whom it reaches; none: everybody. */
            roles?: string[];
            /** @description Webhook: signs what is sent (HMAC-SHA256). Shown as •••. */
            secret?: string;
            title: string;
            /** @description E-mail: whom to. */
            to?: string[];
            /** @description Webhook: where to. */
            url?: string;
        };
        /** AlarmEntry */
        AlarmEntry: {
            by: string;
            text: string;
            /** Format: date-time */
            time: string;
            what: string;
        };
        /** AlarmMetrics */
        AlarmMetrics: {
            averagePerTenMinutes: number;
            chattering: {
                count: number;
                rule: string;
                thing: string;
                thingTitle: string;
                thingTitles?: {
                    [key: string]: string;
                };
                title: string;
                titles?: {
                    [key: string]: string;
                };
                worstInTenMinutes: number;
            }[];
            /** @description Part of the time in which more than ten came in ten minutes. */
            floodPercent: number;
            floods: {
                count: number;
                first?: components["schemas"]["Alarm"];
                /** Format: date-time */
                from: string;
                /** Format: date-time */
                to: string;
            }[];
            /** Format: date-time */
            from: string;
            operators: number;
            outOfService: number;
            peakPerTenMinutes: number;
            priorities: {
                [key: string]: number;
            };
            /** @description Alarms in each span. */
            rate: {
                count: number;
                /** Format: date-time */
                time: string;
            }[];
            rateSpanSeconds: number;
            /** @description Median. */
            secondsToAcknowledge?: number;
            shelved: number;
            standing: components["schemas"]["Alarm"][];
            standingCount: number;
            suppressed: number;
            /** Format: date-time */
            to: string;
            top: {
                count: number;
                percent: number;
                rule: string;
                thing: string;
                thingTitle: string;
                thingTitles?: {
                    [key: string]: string;
                };
                title: string;
                titles?: {
                    [key: string]: string;
                };
            }[];
            total: number;
            unjudged: number;
        };
        /** AlarmRule */
        AlarmRule: {
            /** @description Short names of other things: name → thing id. */
            aliases?: {
                [key: string]: string;
            };
            /** @description CEL: `temperature > 80`. */
            condition: string;
            consequence?: string;
            /** @description How far a value must come back behind the limit it compares with. */
            deadband?: number;
            enabled?: boolean;
            /** @description Who is told, if nobody has acknowledged by then. */
            escalation?: {
                afterSeconds: number;
                role: string;
            }[];
            id: string;
            latched?: boolean;
            /** Format: date-time */
            modified: string;
            modifiedBy: string;
            notifyRoles?: string[];
            offDelaySeconds?: number;
            onDelaySeconds?: number;
            /** @description Alarms of it that are not normal now. */
            open: number;
            outOfService?: {
                by: string;
                reason: string;
                /** Format: date-time */
                since: string;
            };
            /**
             * @description urgent, high, medium or low.
             * @enum {string}
             */
            priority: "urgent" | "high" | "medium" | "low";
            rearmSeconds?: number;
            /** @description Tell again, as long as nobody has acknowledged. */
            repeatSeconds?: number;
            response?: string;
            /** @description CEL: while it holds, the alarm is suppressed by design. */
            suppressedWhen?: string;
            target: {
                /** @constant */
                kind: "thing";
                thing: string;
            } | {
                /** @constant */
                kind: "type";
                /** @description Only at this place and below it. */
                place?: string;
                /** @description A `@type` of the things meant. */
                type: string;
            } | {
                /** @constant */
                kind: "place";
                place: string;
            };
            /** @description Things it watches now. */
            things: number;
            title: string;
            /** @description The texts in other languages, by language. */
            translations?: {
                [key: string]: {
                    consequence?: string;
                    response?: string;
                    title?: string;
                };
            };
            /** @description Where its condition cannot be judged now, at most 20. */
            unjudged: {
                because: {
                    en: string;
                    zh: string;
                };
                /** Format: date-time */
                since?: string;
                thing: string;
                title: string;
            }[];
            unjudgedCount: number;
        };
        /** AlarmRuleInput */
        AlarmRuleInput: {
            /** @description Short names of other things: name → thing id. */
            aliases?: {
                [key: string]: string;
            };
            /** @description CEL: `temperature > 80`. */
            condition: string;
            consequence?: string;
            /** @description How far a value must come back behind the limit it compares with. */
            deadband?: number;
            enabled?: boolean;
            /** @description Who is told, if nobody has acknowledged by then. */
            escalation?: {
                afterSeconds: number;
                role: string;
            }[];
            id?: string;
            latched?: boolean;
            notifyRoles?: string[];
            offDelaySeconds?: number;
            onDelaySeconds?: number;
            /**
             * @description urgent, high, medium or low.
             * @enum {string}
             */
            priority: "urgent" | "high" | "medium" | "low";
            rearmSeconds?: number;
            /** @description Tell again, as long as nobody has acknowledged. */
            repeatSeconds?: number;
            response?: string;
            /** @description CEL: while it holds, the alarm is suppressed by design. */
            suppressedWhen?: string;
            target: {
                /** @constant */
                kind: "thing";
                thing: string;
            } | {
                /** @constant */
                kind: "type";
                /** @description Only at this place and below it. */
                place?: string;
                /** @description A `@type` of the things meant. */
                type: string;
            } | {
                /** @constant */
                kind: "place";
                place: string;
            };
            title: string;
            /** @description The texts in other languages, by language. */
            translations?: {
                [key: string]: {
                    consequence?: string;
                    response?: string;
                    title?: string;
                };
            };
        };
        /** AlarmUpdate */
        AlarmUpdate: {
            alarms: components["schemas"]["Alarm"][];
            /** @description Open alarms whose condition holds, by priority. */
            counts?: {
                [key: string]: number;
            };
        };
        /** App */
        App: {
            enabled: boolean;
            everySeconds: number;
            failures: number;
            /** @description Declaration of its settings. */
            fields: {
                [key: string]: unknown;
            };
            id: string;
            jobs: {
                [key: string]: {
                    summary: {
                        en: string;
                        zh: string;
                    };
                    title: {
                        en: string;
                        zh: string;
                    };
                };
            };
            /** Format: date-time */
            lastRound?: string;
            lastRoundMilliseconds?: number;
            needs: components["schemas"]["AppNeed"];
            /** @description The service level it asks of the network. */
            network?: unknown;
            pages: {
                path: string;
                title: {
                    en: string;
                    zh: string;
                };
            }[];
            /** @description Why it is failing. */
            problem?: string;
            roles: string[];
            rounds: number;
            scenario: number;
            settings: {
                [key: string]: string | number | boolean;
            };
            /** @description `waiting`: switched on, its first round is to come. `failing`: its last round failed. */
            state: "off" | "waiting" | "running" | "failing";
            summary: {
                en: string;
                zh: string;
            };
            title: {
                en: string;
                zh: string;
            };
        };
        /** AppJob */
        AppJob: {
            by: string;
            /** Format: date-time */
            ended?: string;
            error?: string;
            id: string;
            job: string;
            progress: number;
            result?: unknown;
            /** Format: date-time */
            started: string;
            state: "running" | "done" | "failed" | "cancelled" | "interrupted";
            /** @description What it does now, or did last. */
            step: string;
        };
        /** AppNeed */
        AppNeed: {
            /** @description Things of each type that are there. */
            found: {
                [key: string]: number;
            };
            /** @description `@type`s it reads or acts on. */
            types: string[];
        };
        /** AppRound */
        AppRound: {
            assessment: unknown;
            decision: unknown;
            error?: string;
            id: number;
            milliseconds: number;
            summary: {
                en: string;
                zh: string;
            };
            /** Format: date-time */
            time: string;
        };
        /** AuditHead */
        AuditHead: {
            hash: string;
            /** @description Ed25519 public key, SubjectPublicKeyInfo in base64. */
            key: string;
            number: number;
            signature: string;
            /** Format: date-time */
            time: string;
        };
        /** AuditRecord */
        AuditRecord: {
            action: string;
            actor: {
                for?: string;
                id: string;
                kind: string;
            };
            detail: {
                [key: string]: unknown;
            };
            hash: string;
            number: number;
            object: string;
            outcome: string;
            place: string;
            previous: string;
            /** Format: date-time */
            time: string;
        };
        /** BrowseNode */
        BrowseNode: {
            affordance?: unknown;
            detail?: string;
            hasChildren: boolean;
            /** @description Address of the node in the protocol’s own terms. */
            id: string;
            kind: "folder" | "property" | "action";
            name: string;
            value?: unknown;
        };
        /** Command */
        Command: {
            actor: components["schemas"]["CommandActor"];
            /** @description Last good value of the property when it was sent. */
            before?: unknown;
            /** Format: date-time */
            changed: string;
            /** @description The reason as a stable kebab-case name. */
            code?: string;
            confirmedBy?: "acknowledgement" | "read-back" | "report";
            /** Format: date-time */
            created: string;
            /** @description The thing's or the protocol's own words. */
            detail?: string;
            final: boolean;
            group?: string;
            history: {
                reason?: {
                    en: string;
                    zh: string;
                };
                /** CommandState */
                state: "accepted" | "sent" | "confirmed" | "refused" | "timed-out" | "unknown";
                /** Format: date-time */
                time: string;
            }[];
            id: string;
            key?: string;
            kind: "write" | "invoke";
            lateAnswers: {
                detail?: string;
                state: string;
                /** Format: date-time */
                time: string;
            }[];
            lateAnswersCount: number;
            /** @description Fencing token of the lease under which it was asked. */
            lease?: number;
            name: string;
            /** @description What the action gave, or the value as read back. */
            output?: unknown;
            reason?: {
                en: string;
                zh: string;
            };
            /** @description The second person of a two-person release. */
            releasedBy?: string;
            /** CommandState */
            state: "accepted" | "sent" | "confirmed" | "refused" | "timed-out" | "unknown";
            thing: string;
            /** @description Value to be written, or input of the action. */
            value?: unknown;
            waiting?: {
                for: "release" | "turn" | "read-back";
                /** Format: date-time */
                until: string;
            };
            /** @description What it was for, where it was not a person who chose it. */
            why?: string;
        };
        /** CommandActor */
        CommandActor: {
            /** @description The person behind a token, or the author of a rule. */
            for?: string;
            id: string;
            kind: "person" | "token" | "device" | "rule" | "app" | "platform";
        };
        /** CommandUpdate */
        CommandUpdate: {
            command?: components["schemas"]["Command"];
            group?: components["schemas"]["SetPointGroup"];
            lease?: {
                lease?: components["schemas"]["Lease"];
                thing: string;
                why: string;
            };
        };
        /** ConditionCheck */
        ConditionCheck: {
            /** @description Functions there are, as they are written. */
            functions: {
                [key: string]: string;
            };
            /** @description How it would be judged with the values of now, at most 20 things. */
            now: {
                because?: {
                    en: string;
                    zh: string;
                };
                thing: string;
                title: string;
                /** @enum {string} */
                verdict: "true" | "false" | "cannot-judge";
            }[];
            ok: boolean;
            problems: {
                code: string;
                column: number;
                end: number;
                field: string;
                line: number;
                message: {
                    en: string;
                    zh: string;
                };
                start: number;
                thing?: string;
            }[];
            things: number;
        };
        /** Connection */
        Connection: {
            counters: {
                [key: string]: number;
            };
            enabled: boolean;
            id: string;
            problem?: {
                /** @description kebab-case, e.g. connection-refused, certificate-expired, unit-silent */
                code: string;
                /** @description The other side's or the system's own words. */
                detail?: string;
                field?: string;
                kind: "settings" | "unavailable" | "denied" | "bad-data";
                remedy: {
                    en: string;
                    zh: string;
                };
                what: {
                    en: string;
                    zh: string;
                };
            };
            processId?: number;
            protocol: string;
            /** @description As declared by the protocol; secrets come back as "•••". */
            settings: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            since: string;
            /** @description retry: keep trying with back-off. fail: the platform does not start without it. ignore: try once, leave it be until a person restarts it. */
            startup: "retry" | "fail" | "ignore";
            state: "connecting" | "connected" | "degraded" | "disconnected" | "stopped";
            /** @description Ids of the things reached through it. */
            things: string[];
            title: string;
        };
        /** ConnectionInput */
        ConnectionInput: {
            enabled?: boolean;
            id?: string;
            protocol: string;
            settings: {
                [key: string]: unknown;
            };
            /** @description retry: keep trying with back-off. fail: the platform does not start without it. ignore: try once, leave it be until a person restarts it. */
            startup?: "retry" | "fail" | "ignore";
            title?: string;
        };
        /**
         * Counters
         * @description received = stored + rejected + dropped + inFlight, always.
         */
        Counters: {
            dropped: number;
            /** @description Part of stored: same thing, property and time; the last wins. */
            duplicates: number;
            inFlight: number;
            received: number;
            rejected: number;
            rejectedBy: {
                [key: string]: number;
            };
            stored: number;
        };
        /** CreatedDeviceCertificate */
        CreatedDeviceCertificate: {
            /** @description Who signed it. */
            authority: string;
            /** @description PEM of the platform’s own authority, where it signed the certificate. */
            authorityCertificate?: string;
            /** @description PEM. */
            certificate: string;
            /** Format: date-time */
            created: string;
            /** @description SHA-256 of the certificate, hexadecimal. */
            fingerprint: string;
            /** Format: date-time */
            from: string;
            /** @description PEM of the private key, shown this once and kept nowhere. */
            key?: string;
            /** Format: date-time */
            lastUsed?: string;
            /** Format: date-time */
            revoked?: string;
            state: "valid" | "expired" | "revoked";
            subject: string;
            /** Format: date-time */
            until: string;
        };
        /** Credential */
        Credential: {
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            lastUsed?: string;
            username: string;
        };
        /** Dashboard */
        Dashboard: {
            /** Format: date-time */
            changed: string;
            changedBy: string;
            id: string;
            mayChange: boolean;
            owner: string;
            /** @description Order of the tiles on a phone; those not named follow in the order of the desk. */
            phone: string[];
            /** @description ISA-95 path; empty: the whole plant. */
            place: string;
            tiles: ({
                h: number;
                id: string;
                /** @constant */
                kind: "chart";
                /** @description Its own, such as 8h; absent: that of the page. */
                range?: string;
                series: components["schemas"]["SeriesRef"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "value";
                /** @description Outside of them it is marked; absent: the normal band of the thing model. */
                limits?: {
                    max?: number;
                    min?: number;
                };
                series?: components["schemas"]["SeriesRef"];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "states";
                /** @description ISA-95 path; empty: the whole plant. */
                place: string;
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "table";
                series: components["schemas"]["SeriesRef"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "text";
                text: string | {
                    en: string;
                    zh: string;
                };
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "picture";
                picture?: string;
                spots: components["schemas"]["PictureSpot"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            })[];
            title: string | {
                en: string;
                zh: string;
            };
            version: number;
        };
        /** DashboardInput */
        DashboardInput: {
            /** @description Order of the tiles on a phone; those not named follow in the order of the desk. */
            phone: string[];
            /** @description ISA-95 path; empty: the whole plant. */
            place: string;
            tiles: ({
                h: number;
                id: string;
                /** @constant */
                kind: "chart";
                /** @description Its own, such as 8h; absent: that of the page. */
                range?: string;
                series: components["schemas"]["SeriesRef"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "value";
                /** @description Outside of them it is marked; absent: the normal band of the thing model. */
                limits?: {
                    max?: number;
                    min?: number;
                };
                series?: components["schemas"]["SeriesRef"];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "states";
                /** @description ISA-95 path; empty: the whole plant. */
                place: string;
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "table";
                series: components["schemas"]["SeriesRef"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "text";
                text: string | {
                    en: string;
                    zh: string;
                };
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "picture";
                picture?: string;
                spots: components["schemas"]["PictureSpot"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            })[];
            title: string | {
                en: string;
                zh: string;
            };
        };
        /** DashboardLink */
        DashboardLink: {
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            expires: string;
            id: string;
            /** Format: date-time */
            lastUsed?: string;
            madeBy: string;
            title: string;
        };
        /** DashboardSummary */
        DashboardSummary: {
            /** Format: date-time */
            changed: string;
            changedBy: string;
            id: string;
            links: number;
            mayChange: boolean;
            owner: string;
            /** @description ISA-95 path; empty: the whole plant. */
            place: string;
            tileCount: number;
            title: string | {
                en: string;
                zh: string;
            };
            version: number;
        };
        /** DeviceAuthority */
        DeviceAuthority: {
            /** @description In force, signed by it. */
            certificates: number;
            /** Format: date-time */
            created?: string;
            fingerprint: string;
            /** @description The platform’s own; it cannot be removed. */
            own: boolean;
            pem: string;
            subject: string;
            /** Format: date-time */
            until: string;
        };
        /** DeviceCertificate */
        DeviceCertificate: {
            /** @description Who signed it. */
            authority: string;
            /** Format: date-time */
            created: string;
            /** @description SHA-256 of the certificate, hexadecimal. */
            fingerprint: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            lastUsed?: string;
            /** Format: date-time */
            revoked?: string;
            state: "valid" | "expired" | "revoked";
            subject: string;
            /** Format: date-time */
            until: string;
        };
        /** Grant */
        Grant: {
            /** @description Only inside this application; absent: everywhere. */
            app?: string;
            /** @description ISA-95 path; empty: the whole plant. */
            place: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "supervisor" | "engineer" | "auditor" | "admin";
        };
        /** Health */
        Health: {
            missing: string[];
            parts: {
                [key: string]: {
                    detail?: string;
                    ok: boolean;
                };
            };
            status: "ok" | "unavailable";
            version: string;
        };
        /** Lease */
        Lease: {
            /** @description It was taken by force. */
            brokenGlass?: {
                from: components["schemas"]["CommandActor"];
                reason: string;
            };
            /** Format: date-time */
            expires: string;
            holder: components["schemas"]["CommandActor"];
            /** @description Taken by the platform for one command or group. */
            implicit: boolean;
            /** @description User that may accept the hand-over. */
            offeredTo?: string;
            /** @description It lasts this long from each sign of life. */
            seconds: number;
            /** Format: date-time */
            since: string;
            thing: string;
            /** @description Shown to its holder only. */
            token?: number;
        };
        /** LiveUpdate */
        LiveUpdate: {
            samples: {
                property: string;
                quality: "good" | "uncertain" | "bad";
                status?: string;
                thing: string;
                /** Format: date-time */
                time: string;
                value: unknown;
            }[];
        };
        /** MaintenanceWindow */
        MaintenanceWindow: {
            by: string;
            /** Format: date-time */
            from: string;
            id: string;
            place: string;
            reason: string;
            title: string;
            /** Format: date-time */
            to: string;
        };
        /** NewDeviceCertificate */
        NewDeviceCertificate: {
            /** @description A certificate (PEM) that the terminal has already, signed by an authority uploaded here: it is registered, none is issued. */
            certificate?: string;
            days?: number;
            /** @description PKCS#10 request in PEM form: the private key stays where it was made. */
            request?: string;
        };
        /** NotificationSettings */
        NotificationSettings: {
            /** @description Hosts inside the plant that webhooks may reach although their address is private. */
            allowedHosts: string[];
            /** @description Address of the console that messages link to. */
            consoleUrl: string;
            mailFrom: string;
            mailHost: string;
            /** @description Shown as •••. */
            mailPassword: string;
            mailPort: number;
            /** @enum {string} */
            mailSecurity: "tls" | "starttls" | "none";
            mailUser: string;
            /** @description Operators who share the alarms. */
            operators: number;
        };
        /** OidcSettings */
        OidcSettings: {
            clientId: string;
            /** @description Written, never read back; absent keeps what there is. */
            clientSecret?: string;
            clientSecretSet?: boolean;
            enabled: boolean;
            groups: {
                grant: components["schemas"]["Grant"];
                group: string;
            }[];
            groupsClaim: string;
            /** @description URL of the OpenID provider. */
            issuer: string;
            nameClaim: string;
            /** @description Under which people reach this platform, such as https://millrace.plant.example. */
            publicUrl: string;
            scope: string;
            /** @description What stands on the button of the sign-in page. */
            title: string;
        };
        /** PasskeyInfo */
        PasskeyInfo: {
            /** Format: date-time */
            created: string;
            /** @description Host name it was made for; it works under no other. */
            host: string;
            id: string;
            /** Format: date-time */
            lastUsed?: string;
            title: string;
        };
        /** PersonInfo */
        PersonInfo: {
            /** Format: date-time */
            created: string;
            disabled: boolean;
            grants: components["schemas"]["Grant"][];
            /** @description Without this person nobody could administer: neither removed nor changed to less. */
            lastAdministrator: boolean;
            /** Format: date-time */
            lastSignIn?: string;
            /** Format: date-time */
            lockedUntil?: string;
            mustChangePassword: boolean;
            name: string;
            secondFactors: ("totp" | "passkey")[];
            sessions: number;
            source: "local" | "oidc";
            title: string;
            tokens: number;
        };
        /** PictureSpot */
        PictureSpot: {
            label?: string | {
                en: string;
                zh: string;
            };
            series: components["schemas"]["SeriesRef"];
            /** @description Share of the width of the picture. */
            x: number;
            y: number;
        };
        /** PlantNode */
        PlantNode: {
            /** @description enterprise, site, area, line, cell, unit (by depth, ISA-95) */
            level: string;
            name: string;
            path: string;
            /** @description Things by state; `outside`: good, with a property outside its normal band. */
            states: {
                [key: string]: number;
            };
            things: number;
        };
        /** PlatformSettings */
        PlatformSettings: {
            autoAcceptProposals: boolean;
            plantName: string;
            /** @description IANA name; the console shows this time. */
            plantTimeZone: string;
            /** @description Days kept by tier: raw, minute, hour, events. 0 keeps for ever. */
            retentionDays: {
                [key: string]: number;
            };
        };
        /** Problem */
        Problem: {
            /** @description Why, in the sender's own terms. */
            detail?: string;
            /** @description Sign-in: second factors of which one is needed. */
            factors?: string[];
            /** @description JSON Pointer or name of the part that is wrong. */
            field?: string;
            /** @description Push: what was not taken, and why; the rest was stored. Settings: each one that is wrong. */
            rejected?: {
                at: string;
                reason: string;
                words?: {
                    en: string;
                    zh: string;
                };
            }[];
            /** @description What to do next. */
            remedy?: string;
            status: number;
            /** @description Push: values stored in spite of the rest. */
            stored?: number;
            /** @description What happened, in one sentence. */
            title: string;
            /** @description Stable kebab-case name of the kind of problem. */
            type: string;
            /** @description `title` and `remedy` in each language, where what raised the problem speaks both. */
            words?: {
                remedy?: {
                    en: string;
                    zh: string;
                };
                title: {
                    en: string;
                    zh: string;
                };
            };
        };
        /** Proposal */
        Proposal: {
            connection?: string;
            /** @description The proposed Thing Description. */
            description: unknown;
            /** @description The thing exists and this would change it. */
            existing: boolean;
            id: string;
            source: string;
            /** Format: date-time */
            time: string;
        };
        /** Protocol */
        Protocol: {
            canBrowse: boolean;
            direction: "listener" | "client";
            id: string;
            schemes: string[];
            settings: {
                [key: string]: unknown;
            };
            summary: {
                en: string;
                zh: string;
            };
            title: {
                en: string;
                zh: string;
            };
        };
        /** QuarantineRecord */
        QuarantineRecord: {
            connection?: string;
            /** @description How often the same came in a row. */
            count: number;
            detail: string;
            /** @description First bytes of what came, as text. */
            excerpt: string;
            id: string;
            reason: string;
            /** @description Where it came in: topic, register, node id, URL. */
            source: string;
            thing?: string;
            /** Format: date-time */
            time: string;
        };
        /** RuleTrial */
        RuleTrial: {
            activeSeconds: number;
            fired: number;
            /** Format: date-time */
            from: string;
            moments: {
                /** Format: date-time */
                returned?: string;
                thing: string;
                /** Format: date-time */
                time: string;
                title: string;
            }[];
            /** @description There were more samples than are looked at: extremes of spans were. */
            reduced: boolean;
            samples: number;
            /** @description What the condition reads at the thing that fired most, for a chart. */
            series: {
                property: string;
                thing: string;
            }[];
            things: number;
            thingsTried: number;
            /** Format: date-time */
            to: string;
            unjudgedBecause?: {
                en: string;
                zh: string;
            };
            unjudgedSeconds: number;
        };
        /** Safety */
        Safety: {
            action?: string;
            input?: unknown;
            runs: "terminal" | "platform" | "none";
            values?: {
                [key: string]: unknown;
            };
            watchdogSeconds?: number;
        };
        /** SeriesRef */
        SeriesRef: {
            property: string;
            thing: string;
        };
        /** Session */
        Session: {
            /** Format: date-time */
            expires: string;
            grants: components["schemas"]["Grant"][];
            mustChangePassword: boolean;
            /** @description The widest of the roles held. */
            role: string;
            /** @description Bearer token; the same session as the cookie. */
            token: string;
            user: string;
        };
        /** SessionInfo */
        SessionInfo: {
            /** @description Network address it was opened from. */
            address: string;
            /** @description What the browser or program called itself. */
            agent: string;
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            expires: string;
            /** @description Names the session; it does not open it. */
            id: string;
            /** Format: date-time */
            lastUsed: string;
            /** @description The session that asks. */
            own: boolean;
            user: string;
        };
        /** SetPointGroup */
        SetPointGroup: {
            actor: components["schemas"]["CommandActor"];
            /** Format: date-time */
            changed: string;
            /** Format: date-time */
            created: string;
            final: boolean;
            id: string;
            key?: string;
            reason?: {
                en: string;
                zh: string;
            };
            /** @description restored: a step failed and everything was put back. partly-restored: not everything could be, see the steps. interrupted: the platform ended in between. */
            state: "applying" | "applied" | "restored" | "partly-restored" | "undoing" | "undone" | "interrupted";
            steps: {
                /** @description Good value it had before; absent: not known. */
                before?: unknown;
                command?: string;
                property: string;
                reason?: {
                    en: string;
                    zh: string;
                };
                restoreCommand?: string;
                state: "waiting" | "applying" | "applied" | "failed" | "not-tried" | "restored" | "not-restored";
                thing: string;
                value: unknown;
            }[];
            title: string;
        };
        /** SharedDashboard */
        SharedDashboard: {
            /** Format: date-time */
            expires: string;
            /** @description Order of the tiles on a phone; those not named follow in the order of the desk. */
            phone: string[];
            plantName: string;
            plantTimeZone: string;
            /** @description By id: titles, and of the properties that are shown their schema. */
            things: {
                [key: string]: unknown;
            };
            tiles: ({
                h: number;
                id: string;
                /** @constant */
                kind: "chart";
                /** @description Its own, such as 8h; absent: that of the page. */
                range?: string;
                series: components["schemas"]["SeriesRef"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "value";
                /** @description Outside of them it is marked; absent: the normal band of the thing model. */
                limits?: {
                    max?: number;
                    min?: number;
                };
                series?: components["schemas"]["SeriesRef"];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "states";
                /** @description ISA-95 path; empty: the whole plant. */
                place: string;
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "table";
                series: components["schemas"]["SeriesRef"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "text";
                text: string | {
                    en: string;
                    zh: string;
                };
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "picture";
                picture?: string;
                spots: components["schemas"]["PictureSpot"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            })[];
            title: string | {
                en: string;
                zh: string;
            };
            version: number;
        };
        /** SharedValues */
        SharedValues: {
            samples: {
                property: string;
                quality: "good" | "uncertain" | "bad";
                status?: string;
                thing: string;
                /** Format: date-time */
                time: string;
                value: unknown;
            }[];
            /** @description Place of a tile → things under it, the worst first. */
            states: {
                [key: string]: {
                    id: string;
                    place: string;
                    /** Format: date-time */
                    since?: string;
                    state: string;
                    title: string;
                    titles?: {
                        [key: string]: string;
                    };
                }[];
            };
        };
        /** SqlTable */
        SqlTable: {
            about: string;
            columns: {
                about: string;
                name: string;
                type: string;
            }[];
            name: string;
        };
        /** TestReport */
        TestReport: {
            found?: unknown;
            ok: boolean;
            problem?: {
                /** @description kebab-case, e.g. connection-refused, certificate-expired, unit-silent */
                code: string;
                /** @description The other side's or the system's own words. */
                detail?: string;
                field?: string;
                kind: "settings" | "unavailable" | "denied" | "bad-data";
                remedy: {
                    en: string;
                    zh: string;
                };
                what: {
                    en: string;
                    zh: string;
                };
            };
            steps: {
                detail?: string;
                milliseconds: number;
                ok: boolean;
                title: {
                    en: string;
                    zh: string;
                };
            }[];
        };
        /** ThingControl */
        ThingControl: {
            affordances: {
                interlocks: {
                    detail?: string;
                    reason: {
                        en: string;
                        zh: string;
                    };
                    state: "clear" | "blocks" | "cannot-judge";
                    when: string;
                }[];
                kind: "write" | "invoke";
                name: string;
                safety: components["schemas"]["Safety"];
                /** @description Data schema of the value, or of the input. */
                schema?: unknown;
                twoPersonSeconds?: number;
            }[];
            lease?: components["schemas"]["Lease"];
            leaseSeconds: number;
            /** @description Its model declares a safe action: commands need a lease that is kept alive. */
            needsOwnLease: boolean;
            /** @description A connection that is open now serves the thing. */
            reachable: boolean;
            /** @description The safe action that ran last because a lease was lost. */
            safeAction?: {
                commands: string[];
                reason: {
                    en: string;
                    zh: string;
                };
                state: string;
                /** Format: date-time */
                time: string;
            };
            safety: components["schemas"]["Safety"];
            thing: string;
        };
        /** ThingDescription */
        ThingDescription: {
            actions?: {
                [key: string]: unknown;
            };
            events?: {
                [key: string]: unknown;
            };
            id?: string;
            links?: unknown[];
            properties?: {
                [key: string]: unknown;
            };
            title?: string;
        } & {
            [key: string]: unknown;
        };
        /** ThingState */
        ThingState: {
            /** @description Properties outside their normal band or without good quality, at most 8. */
            abnormal: {
                decimals?: number;
                normal?: {
                    max?: number;
                    min?: number;
                };
                property: string;
                quality: "good" | "uncertain" | "bad";
                reason: string;
                /**
                 * Format: date-time
                 * @description Since when the property is abnormal.
                 */
                since?: string;
                /** Format: date-time */
                time?: string;
                title?: string;
                titles?: {
                    [key: string]: string;
                };
                unit?: string;
                value: unknown;
            }[];
            connection?: string;
            id: string;
            /** Format: date-time */
            lastSample?: string;
            /** @description ISA-95 path, empty where none is given. */
            place: string;
            properties: number;
            /**
             * Format: date-time
             * @description Since when the thing is in this state.
             */
            since?: string;
            state: "good" | "uncertain" | "bad" | "stale" | "silent";
            title: string;
            titles?: {
                [key: string]: string;
            };
            types: string[];
        };
        /**
         * TokenInfo
         * @description It may do what its scopes say, as far as its person still may.
         */
        TokenInfo: {
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            expires: string;
            id: string;
            /** Format: date-time */
            lastUsed?: string;
            scopes: components["schemas"]["Grant"][];
            title: string;
            /** @description In whose name it acts. */
            user: string;
        };
        /** Webhook */
        Webhook: {
            /** Format: date-time */
            created: string;
            /** @description Left out because too many were waiting, or given up. */
            dropped: number;
            enabled: boolean;
            everySeconds: number;
            id: string;
            /** Format: date-time */
            lastSent?: string;
            owner: string;
            /** @description ISA-95 path; empty: the whole plant. */
            place: string;
            /** @description Why the last try failed. */
            problem?: string;
            properties?: string[];
            sent: number;
            things?: string[];
            title: string;
            /** @description `@type`s of the things meant. */
            types?: string[];
            /** @description http or https, of a public address or an allowed host. */
            url: string;
            waiting: number;
            what: ("samples" | "events" | "alarms")[];
        };
        /** WebhookInput */
        WebhookInput: {
            enabled?: boolean;
            /** @description Samples: 0 sends each change, gathered for a second; else the latest values at most so often. */
            everySeconds?: number;
            /** @description ISA-95 path; empty: the whole plant. */
            place: string;
            properties?: string[];
            /** @description Signs what is sent. Written, never read back; absent keeps what there is, or makes one up. */
            secret?: string;
            things?: string[];
            title: string;
            /** @description `@type`s of the things meant. */
            types?: string[];
            /** @description http or https, of a public address or an allowed host. */
            url: string;
            what: ("samples" | "events" | "alarms")[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    oidcSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OidcSettings"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putOidcSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OidcSettings"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OidcSettings"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    id: string;
                    response: {
                        [key: string]: unknown;
                    };
                    title: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        recoveryCodes: string[];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deletePasskey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                passkey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    beginPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        options: unknown;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renewRecoveryCodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        recoveryCodes: string[];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ownSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionInfo"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endOwnSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ownTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenInfo"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    days: number;
                    scopes: components["schemas"]["Grant"][];
                    title: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        info: components["schemas"]["TokenInfo"];
                        token: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteOwnToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    beginTotp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        secret: string;
                        uri: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeTotp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirmTotp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        recoveryCodes: string[];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarmChannels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmChannel"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createAlarmChannel: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlarmChannelInput"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmChannel"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAlarmChannel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlarmChannelInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmChannel"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAlarmChannel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testAlarmChannel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        ok: boolean;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarmMetrics: {
        parameters: {
            query?: {
                from?: string;
                place?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmMetrics"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarmRules: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                text?: string;
                thing?: string;
                unjudged?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        rules: components["schemas"]["AlarmRule"][];
                        total: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createAlarmRule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlarmRuleInput"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmRule"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarmRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmRule"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAlarmRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlarmRuleInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmRule"];
                };
            };
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmRule"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAlarmRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    returnToService: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    thing?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmRule"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    takeOutOfService: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                    thing?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmRule"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkAlarmRule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Short names of other things: name → thing id. */
                    aliases?: {
                        [key: string]: string;
                    };
                    /** @description CEL: `temperature > 80`. */
                    condition: string;
                    /** @description CEL: while it holds, the alarm is suppressed by design. */
                    suppressedWhen?: string;
                    target: {
                        /** @constant */
                        kind: "thing";
                        thing: string;
                    } | {
                        /** @constant */
                        kind: "type";
                        /** @description Only at this place and below it. */
                        place?: string;
                        /** @description A `@type` of the things meant. */
                        type: string;
                    } | {
                        /** @constant */
                        kind: "place";
                        place: string;
                    };
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConditionCheck"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tryAlarmRule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description RFC 3339, or epoch milliseconds (fractions allowed). */
                    from?: string;
                    rule: components["schemas"]["AlarmRuleInput"];
                    /** @description RFC 3339, or epoch milliseconds (fractions allowed). */
                    to?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleTrial"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarms: {
        parameters: {
            query?: {
                from?: string;
                limit?: number;
                offset?: number;
                place?: string;
                priority?: ("urgent" | "high" | "medium" | "low") | ("urgent" | "high" | "medium" | "low")[];
                rule?: string;
                state?: string | string[];
                text?: string;
                thing?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        alarms: components["schemas"]["Alarm"][];
                        counts: {
                            [key: string]: number;
                        };
                        total: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarm: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        alarm: components["schemas"]["Alarm"];
                        group: components["schemas"]["Alarm"][];
                        journal: components["schemas"]["AlarmEntry"][];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    commentAlarm: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    text: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmEntry"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acknowledgeAlarms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    alarms: string[];
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        done: components["schemas"]["Alarm"][];
                        refused: {
                            alarm: string;
                            because: {
                                en: string;
                                zh: string;
                            };
                        }[];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportAlarms: {
        parameters: {
            query?: {
                from?: string;
                place?: string;
                priority?: ("urgent" | "high" | "medium" | "low") | ("urgent" | "high" | "medium" | "low")[];
                rule?: string;
                state?: string | string[];
                text?: string;
                thing?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarmsLive: {
        parameters: {
            query?: {
                thing?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["AlarmUpdate"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resetAlarms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    alarms: string[];
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        done: components["schemas"]["Alarm"][];
                        refused: {
                            alarm: string;
                            because: {
                                en: string;
                                zh: string;
                            };
                        }[];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    shelveAlarms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    alarms: string[];
                    minutes: number;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        done: components["schemas"]["Alarm"][];
                        refused: {
                            alarm: string;
                            because: {
                                en: string;
                                zh: string;
                            };
                        }[];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unshelveAlarms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    alarms: string[];
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        done: components["schemas"]["Alarm"][];
                        refused: {
                            alarm: string;
                            because: {
                                en: string;
                                zh: string;
                            };
                        }[];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    apps: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["App"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    app: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["App"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putApp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    enabled?: boolean;
                    settings?: {
                        [key: string]: string | number | boolean;
                    };
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["App"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    appJobs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppJob"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startAppJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    input?: unknown;
                    job: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppJob"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    appJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppJob"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelAppJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppJob"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    appRounds: {
        parameters: {
            query?: {
                from?: string;
                limit?: number;
                offset?: number;
                to?: string;
            };
            header?: never;
            path: {
                app: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppRound"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    appCase: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app: string;
                round: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    audit: {
        parameters: {
            query?: {
                action?: string;
                actor?: string;
                before?: number;
                from?: string;
                limit?: number;
                object?: string;
                outcome?: string;
                place?: string;
                text?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Ask with `before` for what follows. */
                        more: boolean;
                        records: components["schemas"]["AuditRecord"][];
                        total: number;
                        /** @description There are more than `total`. */
                        totalIsLeast: boolean;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/jsonl": string;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auditHead: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        head: components["schemas"]["AuditHead"] | null;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verifyAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        broken?: {
                            number: number;
                            reason: string;
                        };
                        head: components["schemas"]["AuditHead"] | null;
                        ok: boolean;
                        records: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    backups: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        bytes: number;
                        name: string;
                        /** Format: date-time */
                        time: string;
                    }[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createBackup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        bytes: number;
                        name: string;
                        /** Format: date-time */
                        time: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    commands: {
        parameters: {
            query?: {
                actor?: string;
                from?: string;
                group?: string;
                limit?: number;
                offset?: number;
                state?: string;
                text?: string;
                thing?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        commands: components["schemas"]["Command"][];
                        more: boolean;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    command: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                command: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Command"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refuseCommand: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                command: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Command"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    releaseCommand: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                command: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Seconds the answer may wait for a final state. Default 15; 0: answers at once. */
                    waitSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Command"];
                };
            };
            /** @description Answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Command"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    commandsLive: {
        parameters: {
            query?: {
                thing?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["CommandUpdate"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    connections: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createConnection: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectionInput"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    connection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectionInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restartConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    counters: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        connections: {
                            [key: string]: components["schemas"]["Counters"];
                        };
                        total: components["schemas"]["Counters"];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dashboards: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DashboardSummary"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DashboardInput"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Order of the tiles on a phone; those not named follow in the order of the desk. */
                    phone: string[];
                    /** @description ISA-95 path; empty: the whole plant. */
                    place: string;
                    tiles: ({
                        h: number;
                        id: string;
                        /** @constant */
                        kind: "chart";
                        /** @description Its own, such as 8h; absent: that of the page. */
                        range?: string;
                        series: components["schemas"]["SeriesRef"][];
                        title?: string | {
                            en: string;
                            zh: string;
                        };
                        w: number;
                        x: number;
                        y: number;
                    } | {
                        h: number;
                        id: string;
                        /** @constant */
                        kind: "value";
                        /** @description Outside of them it is marked; absent: the normal band of the thing model. */
                        limits?: {
                            max?: number;
                            min?: number;
                        };
                        series?: components["schemas"]["SeriesRef"];
                        title?: string | {
                            en: string;
                            zh: string;
                        };
                        w: number;
                        x: number;
                        y: number;
                    } | {
                        h: number;
                        id: string;
                        /** @constant */
                        kind: "states";
                        /** @description ISA-95 path; empty: the whole plant. */
                        place: string;
                        title?: string | {
                            en: string;
                            zh: string;
                        };
                        w: number;
                        x: number;
                        y: number;
                    } | {
                        h: number;
                        id: string;
                        /** @constant */
                        kind: "table";
                        series: components["schemas"]["SeriesRef"][];
                        title?: string | {
                            en: string;
                            zh: string;
                        };
                        w: number;
                        x: number;
                        y: number;
                    } | {
                        h: number;
                        id: string;
                        /** @constant */
                        kind: "text";
                        text: string | {
                            en: string;
                            zh: string;
                        };
                        title?: string | {
                            en: string;
                            zh: string;
                        };
                        w: number;
                        x: number;
                        y: number;
                    } | {
                        h: number;
                        id: string;
                        /** @constant */
                        kind: "picture";
                        picture?: string;
                        spots: components["schemas"]["PictureSpot"][];
                        title?: string | {
                            en: string;
                            zh: string;
                        };
                        w: number;
                        x: number;
                        y: number;
                    })[];
                    title: string | {
                        en: string;
                        zh: string;
                    };
                    version: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dashboardLinks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DashboardLink"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createDashboardLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    days: number;
                    title: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        link: components["schemas"]["DashboardLink"];
                        token: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteDashboardLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
                link: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createDashboardPicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
                "image/jpeg": unknown;
                "image/png": unknown;
                "image/webp": unknown;
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        height: number;
                        id: string;
                        width: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dashboardPicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
                picture: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": unknown;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deviceAuthorities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceAuthority"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createDeviceAuthority: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    pem: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceAuthority"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteDeviceAuthority: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportSamples: {
        parameters: {
            query: {
                format?: "csv" | "parquet";
                from?: string;
                property?: string | string[];
                thing: string | string[];
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafana: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaRoot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaOptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    payload?: unknown;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        label: string;
                        value: string;
                    }[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaQuery: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    maxDataPoints?: number;
                    range: {
                        from: string;
                        to: string;
                    };
                    targets: unknown[];
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaRows: {
        parameters: {
            query: {
                from?: string;
                points?: number;
                series: string | string[];
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        property: string;
                        quality: "good" | "uncertain" | "bad";
                        thing: string;
                        /** Format: date-time */
                        time: string;
                        value: unknown;
                    }[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaTagKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        text: string;
                        type: string;
                    }[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaTagValues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    key: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        text: string;
                    }[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaVariable: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    payload?: unknown;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        __text: string;
                        __value: string;
                    }[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    leases: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    live: {
        parameters: {
            query?: {
                thing?: string | string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["LiveUpdate"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    maintenanceWindows: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MaintenanceWindow"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createMaintenanceWindow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description RFC 3339, or epoch milliseconds (fractions allowed). */
                    from: string;
                    place: string;
                    reason: string;
                    title: string;
                    /** @description RFC 3339, or epoch milliseconds (fractions allowed). */
                    to: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MaintenanceWindow"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteMaintenanceWindow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                window: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    notificationSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationSettings"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putNotificationSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Hosts inside the plant that webhooks may reach although their address is private. */
                    allowedHosts?: string[];
                    /** @description Address of the console that messages link to. */
                    consoleUrl?: string;
                    mailFrom?: string;
                    mailHost?: string;
                    /** @description Shown as •••. */
                    mailPassword?: string;
                    mailPort?: number;
                    /** @enum {string} */
                    mailSecurity?: "tls" | "starttls" | "none";
                    mailUser?: string;
                    /** @description Operators who share the alarms. */
                    operators?: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationSettings"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    people: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonInfo"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createPerson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    grants: components["schemas"]["Grant"][];
                    mustChangePassword?: boolean;
                    name: string;
                    password?: string;
                    title?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        password?: string;
                        person: components["schemas"]["PersonInfo"];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    disabled?: boolean;
                    grants?: components["schemas"]["Grant"][];
                    title?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonInfo"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deletePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unlockPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    password?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        password?: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resetSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    plant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        nodes: components["schemas"]["PlantNode"][];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    proposals: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Proposal"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteProposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acceptProposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingDescription"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    protocols: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Protocol"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    browse: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                protocol: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    connection?: string;
                    node?: string;
                    settings: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        nodes: components["schemas"]["BrowseNode"][];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                protocol: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    connection?: string;
                    settings: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestReport"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pushKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        key?: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    subscribePush: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    endpoint: string;
                    keys: {
                        auth: string;
                        p256dh: string;
                    };
                    /** @enum {string} */
                    language?: "en" | "zh";
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unsubscribePush: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    endpoint: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    quarantine: {
        parameters: {
            query?: {
                connection?: string;
                limit?: number;
                offset?: number;
                reason?: string;
                thing?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        records: components["schemas"]["QuarantineRecord"][];
                        total: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    clearQuarantine: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        expires: string;
                        grants: components["schemas"]["Grant"][];
                        mustChangePassword: boolean;
                        /** @description The widest of the roles held. */
                        role: string;
                        user: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of the second factor, or a recovery code. */
                    code?: string;
                    password: string;
                    user: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirm: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code?: string;
                    password?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    oidcStart: {
        parameters: {
            query?: {
                back?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    oidcCallback: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    passkeySignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    id: string;
                    response: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        expires: string;
                        grants: components["schemas"]["Grant"][];
                        mustChangePassword: boolean;
                        role: string;
                        token: string;
                        user: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    passkeyChallenge: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        options: unknown;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    current: string;
                    next: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signInWays: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        oidc?: {
                            title: string;
                        };
                        passkeys: boolean;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sessions: {
        parameters: {
            query?: {
                user?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionInfo"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setPointGroups: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetPointGroup"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    applySetPointGroup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Makes it idempotent; the header Idempotency-Key does the same. */
                    key?: string;
                    /** @description Thing → token. */
                    leases?: {
                        [key: string]: number;
                    };
                    steps: {
                        property: string;
                        thing: string;
                        value: unknown;
                    }[];
                    title: string;
                    /** @description Seconds the answer may wait for a final state. Default 15; 0: answers at once. */
                    waitSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetPointGroup"];
                };
            };
            /** @description Answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetPointGroup"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setPointGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetPointGroup"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    undoSetPointGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    leases?: {
                        [key: string]: number;
                    };
                    /** @description Seconds the answer may wait for a final state. Default 15; 0: answers at once. */
                    waitSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetPointGroup"];
                };
            };
            /** @description Answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetPointGroup"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    settings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlatformSettings"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    autoAcceptProposals?: boolean;
                    plantName?: string;
                    /** @description IANA name; the console shows this time. */
                    plantTimeZone?: string;
                    /** @description Days kept by tier: raw, minute, hour, events. 0 keeps for ever. */
                    retentionDays?: {
                        [key: string]: number;
                    };
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlatformSettings"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sharedDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SharedDashboard"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sharedPicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                picture: string;
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": unknown;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sharedSamples: {
        parameters: {
            query: {
                from?: string;
                points?: number;
                property: string;
                thing: string;
                to?: string;
            };
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        reduced: boolean;
                        samples: {
                            quality: "good" | "uncertain" | "bad";
                            /** @description OPC UA StatusCode by name, where it says more than the class. */
                            status?: string;
                            /** Format: date-time */
                            time: string;
                            /** @description JSON value; null where the source had none to give (see quality). */
                            value: unknown;
                        }[];
                        spanMilliseconds?: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sharedValues: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SharedValues"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sql: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    format?: "json" | "csv" | "parquet";
                    /** @description Only samples from here on; makes questions about a short time fast. */
                    from?: string;
                    query: string;
                    /** @description RFC 3339, or epoch milliseconds (fractions allowed). */
                    to?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sqlTables: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SqlTable"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createThingModelInstance: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    model: unknown;
                    placeholders?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingDescription"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    thingStates: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                place?: string;
                text?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        things: components["schemas"]["ThingState"][];
                        total: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    things: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                place?: string;
                text?: string;
                type?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingDescription"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createThing: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ThingDescription"];
                "application/td+json": components["schemas"]["ThingDescription"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingDescription"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    thing: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingDescription"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putThing: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ThingDescription"];
                "application/td+json": components["schemas"]["ThingDescription"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingDescription"];
                };
            };
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingDescription"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteThing: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    invokeAction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Not sent by then: not sent at all. */
                    deadlineSeconds?: number;
                    input?: unknown;
                    /** @description Makes it idempotent; the header Idempotency-Key does the same. */
                    key?: string;
                    /** @description Fencing token of the lease. */
                    lease?: number;
                    /** @description Seconds the answer may wait for a final state. Default 15; 0: answers at once. */
                    waitSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        command: components["schemas"]["Command"];
                        output?: unknown;
                        state: "confirmed" | "refused" | "unknown";
                    };
                };
            };
            /** @description Answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        command: components["schemas"]["Command"];
                        state: "accepted" | "sent";
                    };
                };
            };
            /** @description Answer. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        command: components["schemas"]["Command"];
                        /** @constant */
                        state: "timed-out";
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    certificates: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceCertificate"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createCertificate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDeviceCertificate"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedDeviceCertificate"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeCertificate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fingerprint: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    thingControl: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingControl"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    thingCounters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Counters"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    credentials: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credential"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createCredentials: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        password: string;
                        username: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteCredentials: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: {
                from?: string;
                limit?: number;
                name?: string;
                to?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: unknown;
                        name: string;
                        /** Format: date-time */
                        received: string;
                        /** Format: date-time */
                        time: string;
                    }[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pushEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        stored: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renewLease: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Fencing token of the lease. */
                    token: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    takeLease: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    seconds?: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acceptLease: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    breakGlass: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    offerLease: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    to?: string;
                    /** @description Fencing token of the lease. */
                    token: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    releaseLease: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Fencing token of the lease. */
                    token: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    properties: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: {
                            quality?: "good" | "uncertain" | "bad";
                            /** Format: date-time */
                            received?: string;
                            status?: string;
                            /** Format: date-time */
                            time?: string;
                            value: unknown;
                        };
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    push: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        stored: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    samples: {
        parameters: {
            query?: {
                from?: string;
                points?: number;
                to?: string;
            };
            header?: never;
            path: {
                id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description True where `samples` are extremes of spans and not every sample. */
                        reduced: boolean;
                        samples: {
                            quality: "good" | "uncertain" | "bad";
                            /** @description OPC UA StatusCode by name, where it says more than the class. */
                            status?: string;
                            /** Format: date-time */
                            time: string;
                            /** @description JSON value; null where the source had none to give (see quality). */
                            value: unknown;
                        }[];
                        spanMilliseconds?: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    writeProperty: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Not sent by then: not sent at all. */
                    deadlineSeconds?: number;
                    /** @description Makes it idempotent; the header Idempotency-Key does the same. */
                    key?: string;
                    /** @description Fencing token of the lease. */
                    lease?: number;
                    value: unknown;
                    /** @description Seconds the answer may wait for a final state. Default 15; 0: answers at once. */
                    waitSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Command"];
                };
            };
            /** @description Answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Command"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenInfo"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookInput"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        secret?: string;
                        webhook: components["schemas"]["Webhook"];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ok: boolean;
                        problem?: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
